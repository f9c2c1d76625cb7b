import { appendFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { KubeObject } from "@eddy/core/object";
import { afterEach, beforeEach, expect, test } from "vitest";
import { FileJournal, recover } from "./journal.ts";
import { Store } from "./store.ts";

let dir: string;
beforeEach(() => void (dir = mkdtempSync(join(tmpdir(), "eddy-journal-"))));
afterEach(() => rmSync(dir, { recursive: true, force: true }));

const object = (name: string, value = "1"): KubeObject => ({
  apiVersion: "v1",
  kind: "ConfigMap",
  metadata: { name },
  data: { value },
});

function open(options: { compactAtBytes?: number } = {}): { store: Store; journal: FileJournal } {
  const recovered = recover(dir);
  const store = new Store();
  store.restore(recovered.collections, recovered.rv);
  const journal = new FileJournal(dir, store, options);
  store.journal = journal;
  return { store, journal };
}

const valuesOf = (store: Store): unknown[] =>
  store
    .collection("/configmaps")
    .list()
    .map(({ object: each }) => [
      each.metadata.name,
      (each["data"] as { value: string }).value,
      each.metadata.resourceVersion,
    ]);

test("what was durable is there again, with its versions", async () => {
  const first = open();
  first.store.put("/configmaps", "a", object("a"));
  first.store.put("/configmaps", "b", object("b"));
  first.store.put("/configmaps", "a", object("a", "2"));
  first.store.remove("/configmaps", "b");
  await first.store.durable();
  const second = open();
  expect(valuesOf(second.store)).toEqual([["a", "2", "4"]]);
  expect(second.store.rv).toBe(5);
  second.store.put("/configmaps", "c", object("c"));
  await second.journal.close();
  expect(valuesOf(open().store).map((each) => (each as string[])[0])).toEqual(["a", "c"]);
});

test("a line that a killed process left torn is dropped, and writing goes on after it", async () => {
  const first = open();
  first.store.put("/configmaps", "a", object("a"));
  await first.journal.close();
  appendFileSync(join(dir, "log-1.ndjson"), '{"rv":9,"c":"/configmaps","k":"torn","o":{"apiV');
  const second = open();
  expect(valuesOf(second.store)).toEqual([["a", "1", "2"]]);
  second.store.put("/configmaps", "b", object("b"));
  await second.journal.close();
  expect(valuesOf(open().store)).toHaveLength(2);
});

test("damage that no torn write explains is refused", () => {
  writeFileSync(join(dir, "log-1.ndjson"), 'nonsense\n{"rv":3,"c":"/configmaps","k":"a"}\n');
  expect(() => recover(dir)).toThrow(/is not JSON/);
});

test("a log that outgrew its bound becomes a snapshot, and nothing is lost meanwhile", async () => {
  const { store, journal } = open({ compactAtBytes: 2_000 });
  for (let index = 0; index < 100; index++) {
    store.put("/configmaps", `n${index % 10}`, object(`n${index % 10}`, String(index)));
    if (index % 7 === 0) await store.durable();
  }
  await journal.close();
  expect(readdirSync(dir)).toContain("snapshot.ndjson");
  expect(readFileSync(join(dir, "snapshot.ndjson"), "utf8").split("\n").length).toBeLessThan(20);
  const recovered = open().store;
  expect(recovered.collection("/configmaps").entries.size).toBe(10);
  expect(valuesOf(recovered)[9]).toEqual(["n9", "99", "101"]);
  expect(recovered.rv).toBe(101);
});
