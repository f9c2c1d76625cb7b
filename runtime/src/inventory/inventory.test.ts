import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { ObjectRef } from "@eddy/core/object";
import { inventoryOfChanges, listInventory, sameInventory, staleObjects, unionOfInventories } from "./inventory.ts";
import { formatInventoryId, parseInventoryId } from "./inventory-id.ts";

describe("inventory ids", () => {
  test.each([
    [{ namespace: "ns", name: "web", group: "apps", kind: "Deployment" }, "ns_web_apps_Deployment"],
    [{ namespace: "ns", name: "cfg", group: "", kind: "ConfigMap" }, "ns_cfg__ConfigMap"],
    [{ namespace: "", name: "ns", group: "", kind: "Namespace" }, "_ns__Namespace"],
    [
      { namespace: "", name: "system:a:b", group: "rbac.authorization.k8s.io", kind: "ClusterRole" },
      "_system__a__b_rbac.authorization.k8s.io_ClusterRole",
    ],
  ])("%j is %s", (ref, id) => {
    expect(formatInventoryId(ref)).toBe(id);
    expect(parseInventoryId(id)).toEqual(ref);
  });

  test.each(["", "a", "a_b", "a_b_c"])("%j is refused", (id) => {
    expect(() => parseInventoryId(id)).toThrow('want "<namespace>_<name>_<group>_<kind>"');
  });

  test("every reference survives the way to text and back", () => {
    const word = fc.stringMatching(/^[a-z][a-z0-9.-]{0,20}$/);
    const refs = fc.record({
      namespace: fc.oneof(word, fc.constant("")),
      name: word,
      group: fc.oneof(word, fc.constant("")),
      kind: fc.stringMatching(/^[A-Z][A-Za-z]{0,10}$/),
    });
    fc.assert(
      fc.property(refs, (ref: ObjectRef) => {
        expect(parseInventoryId(formatInventoryId(ref))).toEqual(ref);
      }),
    );
  });
});

describe("inventories", () => {
  const entry = (name: string, v = "v1"): { id: string; v: string } => ({ id: `ns_${name}__ConfigMap`, v });
  const names = (objects: { ref: ObjectRef }[]): string[] => objects.map(({ ref }) => ref.name);

  test("what left is stale, whatever its version", () => {
    expect(names(staleObjects([entry("a"), entry("b"), entry("c", "v1beta1")], [entry("b"), entry("c")]))).toEqual([
      "a",
    ]);
    expect(staleObjects(undefined, [entry("a")])).toEqual([]);
  });

  test("a union forgets nothing and takes the newer version", () => {
    expect(unionOfInventories([entry("a"), entry("b", "v1beta1")], [entry("b"), entry("c")])).toEqual([
      entry("a"),
      entry("b"),
      entry("c"),
    ]);
  });

  test("an unreadable entry is left out and stops nothing", () => {
    expect(names(listInventory([{ id: "nonsense", v: "v1" }, entry("a")]))).toEqual(["a"]);
  });

  test("order does not matter, versions do", () => {
    expect(sameInventory([entry("a"), entry("b")], [entry("b"), entry("a")])).toBe(true);
    expect(sameInventory([entry("a")], [entry("a", "v2")])).toBe(false);
    expect(sameInventory(undefined, [])).toBe(true);
  });

  test("skipped and unchanged objects stay, deleted ones go", () => {
    const change = (
      name: string,
      action: "created" | "skipped" | "unchanged" | "deleted",
    ): Parameters<typeof inventoryOfChanges>[0] extends Iterable<infer E> ? E : never => ({
      ref: { group: "", kind: "ConfigMap", namespace: "ns", name },
      version: "v1",
      action,
    });
    const changes = [change("a", "created"), change("b", "skipped"), change("c", "unchanged"), change("d", "deleted")];
    expect(inventoryOfChanges(changes)).toEqual([entry("a"), entry("b"), entry("c")]);
  });
});
