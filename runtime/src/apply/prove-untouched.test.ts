import type { KubeObject, ObjectMeta } from "@eddy/core/object";
import { refOf } from "@eddy/core/object";
import { expect, test } from "vitest";
import { createAppliedMemory, type AppliedMemory } from "./applied-memory.ts";
import { changeEntry, type ChangeAction } from "./change-set.ts";
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

test("what the dice choose is doubted until it was asked about", () => {
  const one = bed();
  const holds = proof(one, { random: 0 });
  expect(holds?.()).toBe(false);
  expect(one.memory.get(refOf(desired))?.isDoubted).toBe(true);
  one.memory.remember({ ...desired, metadata: meta }, { owner, hash: "h", object: desired });
  expect(proof(one)?.()).toBe(true);
});
