import { expect, test } from "vitest";
import { chooseHooks } from "../actions/test.ts";
import type { ReleaseHook } from "../record/release.ts";
import { deletesOn, planHooks, withDefaultPolicy } from "./plan-hooks.ts";

const hook = (name: string, weight: number, events: ReleaseHook["events"] = ["pre-install"]): ReleaseHook => ({
  name,
  weight,
  ...(events ? { events } : {}),
  last_run: { phase: "" },
});

test("hooks of an event run by weight, then name, then in their order", () => {
  const hooks = [
    hook("b", 0),
    hook("z", -1),
    hook("a", 0),
    hook("other", -9, ["test"]),
    hook("a", 0),
    hook("none", 0, []),
  ];
  expect(planHooks(hooks, "pre-install")).toEqual([1, 2, 4, 0]);
  expect(planHooks(hooks, "post-delete")).toEqual([]);
});

test("without a policy a hook is deleted before it is made again; a definition never is", () => {
  const plain = withDefaultPolicy(hook("a", 0));
  expect(plain.delete_policies).toEqual(["before-hook-creation"]);
  expect(deletesOn(plain, "before-hook-creation")).toBe(true);
  expect(deletesOn({ ...plain, kind: "CustomResourceDefinition" }, "before-hook-creation")).toBe(false);
  expect(withDefaultPolicy({ ...plain, delete_policies: ["hook-failed"] }).delete_policies).toEqual(["hook-failed"]);
});

test.each([
  ["none", [], ["a", "b"], []],
  ["one", [{ name: "a" }], ["a"], ["b"]],
  ["all but one", [{ name: "a", exclude: true }], ["b"], ["a"]],
  ["one that is excluded too", [{ name: "a" }, { name: "a", exclude: true }], [], ["a", "b"]],
])("filters: %s", (_name, filters, chosen, skipped) => {
  const choice = chooseHooks([hook("a", 0), hook("b", 0)], { filters });
  expect([choice.chosen.map(({ name }) => name), choice.skipped.map(({ name }) => name)]).toEqual([chosen, skipped]);
});
