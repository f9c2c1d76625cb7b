import type { KubeObject } from "@eddy/core/object";
import { expect, test } from "vitest";
import { Store } from "./store.ts";

const object = (name: string): KubeObject => ({ apiVersion: "v1", kind: "ConfigMap", metadata: { name } });

test("keys are listed in byte order, within a prefix", () => {
  const store = new Store();
  for (const key of ["b/x", "a-b/x", "a/z", "a/b", "a.b/c"]) store.put("/configmaps", key, object(key));
  expect(
    store
      .collection("/configmaps")
      .list()
      .map((entry) => entry.key),
  ).toEqual(["a-b/x", "a.b/c", "a/b", "a/z", "b/x"]);
  expect(
    store
      .collection("/configmaps")
      .list("a/")
      .map((entry) => entry.key),
  ).toEqual(["a/b", "a/z"]);
  store.remove("/configmaps", "a/b");
  expect(
    store
      .collection("/configmaps")
      .list("a/")
      .map((entry) => entry.key),
  ).toEqual(["a/z"]);
});

test("a deletion tells the last state under a new version", () => {
  const store = new Store();
  const told: string[] = [];
  store.onChange(({ type, object: { metadata }, previous }) =>
    told.push(`${type} ${metadata.resourceVersion} ${previous?.metadata.resourceVersion ?? "-"}`),
  );
  store.put("/configmaps", "a", object("a"));
  store.put("/configmaps", "a", object("a"));
  store.remove("/configmaps", "a");
  expect(store.remove("/configmaps", "a")).toBeUndefined();
  expect(told).toEqual(["ADDED 2 -", "MODIFIED 3 2", "DELETED 4 3"]);
});

test("history is bounded, and what was forgotten is known", () => {
  const store = new Store({ historyLimit: 5 });
  for (let index = 0; index < 40; index++) store.put("/configmaps", "a", object("a"));
  const { history, forgottenRv } = store.collection("/configmaps");
  expect(history.length).toBeLessThanOrEqual(10);
  expect(history[0]?.rv).toBe(forgottenRv + 1);
});
