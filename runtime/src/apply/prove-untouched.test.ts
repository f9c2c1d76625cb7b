import type { KubeObject, ObjectMeta } from "@eddy/core/object";
import { refOf } from "@eddy/core/object";
import { expect, test } from "vitest";
import { createAppliedMemory, hashDesired, type AppliedMemory } from "./applied-memory.ts";
import { changeEntry, type ChangeAction } from "./change-set.ts";
import type { Knowledge } from "./determine-knowledge.ts";
import { examineObject, type ExamineContext } from "./examine-object.ts";
import { compileIgnoreRules } from "./ignore-rules.ts";
import type { LiveMetadata } from "./live-metadata.ts";
import { proveUntouched } from "./prove-untouched.ts";

const owner = { name: "o", namespace: "ns" };
const desired: KubeObject = {
  apiVersion: "v1",
  kind: "ConfigMap",
  metadata: { name: "a", namespace: "ns" },
  data: { key: "1" },
};
const meta: ObjectMeta = { name: "a", namespace: "ns", uid: "u", resourceVersion: "10" };

/** One object as it was applied, with what the watch sees. */
interface Bed {
  memory: AppliedMemory;
  live: { seen: ReturnType<LiveMetadata["of"]> };
}

function proof(
  { memory, live }: Bed,
  { action = "unchanged", by = owner, random = 1 }: { action?: ChangeAction; by?: typeof owner; random?: number } = {},
): (() => boolean) | undefined {
  const target = { memory, live: { of: () => live.seen, watch() {} } };
  return proveUntouched([changeEntry(desired, action)], target, { owner: by, random: () => random });
}

function bed(): Bed {
  const memory = createAppliedMemory({ fieldManager: "kustomize-controller" });
  memory.remember({ ...desired, metadata: meta }, { owner, hash: "h", object: desired });
  return { memory, live: { seen: meta } };
}

test.each<ChangeAction>(["created", "configured", "unchanged"])(
  "what was %s is proven while it is seen like that",
  (action) => {
    const one = bed();
    const holds = proof(one, { action });
    expect(holds?.()).toBe(true);
    one.live.seen = { ...meta, resourceVersion: "11" };
    expect(holds?.()).toBe(false);
  },
);

test("what the watch has not seen yet is proven once it has", () => {
  const one = bed();
  one.live.seen = "unwatched";
  const holds = proof(one, { action: "created" });
  expect(holds?.()).toBe(false);
  one.live.seen = meta;
  expect(holds?.()).toBe(true);
});

test.each<[string, Parameters<typeof proof>[1], (one: Bed) => void]>([
  ["it was skipped", { action: "skipped" }, () => {}],
  ["another owner applied it since", { by: { name: "other", namespace: "ns" } }, () => {}],
  ["nothing is remembered", {}, ({ memory }) => memory.forgetAll()],
])("there is no proof where %s", (_name, options, change) => {
  const one = bed();
  change(one);
  expect(proof(one, options)).toBeUndefined();
});

test("there is no proof in a cluster that is not watched", () => {
  const { memory } = bed();
  expect(proveUntouched([changeEntry(desired, "unchanged")], { memory }, { owner })).toBeUndefined();
});

test.each<[string, (one: Bed) => void]>([
  ["it is forgotten", ({ memory }) => memory.forgetAll()],
  [
    "it is applied again",
    ({ memory }) => memory.remember({ ...desired, metadata: meta }, { owner, hash: "h", object: desired }),
  ],
  ["it is gone", ({ live }) => (live.seen = "absent")],
  ["it is another one", ({ live }) => (live.seen = { ...meta, uid: "v" })],
  ["the watch shows an older one", ({ live }) => (live.seen = { ...meta, resourceVersion: "9" })],
  ["its kind is no longer watched", ({ live }) => (live.seen = "unwatched")],
  [
    "somebody touched it",
    ({ memory, live }) => {
      live.seen = { ...meta, resourceVersion: "11" };
      const record = memory.get(refOf(desired));
      if (record) memory.touch(record, live.seen);
    },
  ],
])("a proof ends when %s", (_name, change) => {
  const one = bed();
  const holds = proof(one);
  expect(holds?.()).toBe(true);
  change(one);
  expect(holds?.()).toBe(false);
});

test("what the dice choose is doubted, and the pass that follows asks about it, once", () => {
  const one = bed();
  const holds = proof(one, { random: 0 });
  expect(holds?.()).toBe(false);
  expect([examine(one), examine(one)]).toEqual(["Unknown", "Unchanged"]);
});

test("what is created once is not asked about: that it is there is seen", () => {
  const once = { "kustomize.toolkit.fluxcd.io/ssa": "IfNotPresent" };
  expect(examine(bed(), { annotations: once, random: 0 })).toBe("Unchanged");
});

function examine(
  { memory, live }: Bed,
  { annotations = {}, random = 1 }: { annotations?: Record<string, string>; random?: number } = {},
): Knowledge {
  const object = { ...desired, metadata: { ...desired.metadata, annotations } };
  const options = { ignore: [], fieldManager: "f", random: () => random };
  const record = memory.get(refOf(desired));
  if (record) record.desiredHash = hashDesired(object, [options.ignore, options.fieldManager, undefined]);
  const target = { memory, live: { of: () => live.seen, watch() {} } };
  return examineObject(object, { target, options, rules: compileIgnoreRules([]) } as unknown as ExamineContext)
    .knowledge;
}
