import type { KubeObject, ManagedFieldsEntry } from "@eddy/core/object";
import { describe, expect, test } from "vitest";
import { parseManifest } from "./build-objects.ts";
import { runsOf } from "./by-kind.ts";
import { splitKept } from "./keep-policy.ts";
import { markOwned, ownershipProblem } from "./ownership.ts";
import { inUninstallOrder } from "./uninstall-order.ts";
import { upgradeManagers } from "./upgrade-managers.ts";

const object = (kind: string, name: string = kind, annotations?: Record<string, string>): KubeObject => ({
  apiVersion: "v1",
  kind,
  metadata: { name, ...(annotations ? { annotations } : {}) },
});
const names = (objects: readonly KubeObject[]): string[] => objects.map(({ metadata }) => metadata.name);

describe("parseManifest()", () => {
  test("reads documents, takes lists apart and passes over comments", () => {
    const text = "---\n# Source: a\n---\n# Source: b\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n---\n";
    const list = "apiVersion: v1\nkind: List\nitems:\n- apiVersion: v1\n  kind: Secret\n  metadata: {name: b}\n";
    expect(names(parseManifest(text + list))).toEqual(["a", "b"]);
  });

  test.each([
    ["a: [", /error converting YAML to JSON: yaml: line 1/],
    ["- a", /want an object/],
    ["apiVersion: v1", /'Kind' is missing/],
    ["kind: Pod", /apiVersion not set/],
  ])("refuses %j", (text, want) => {
    expect(() => parseManifest(text)).toThrow(want);
  });
});

describe("ownership", () => {
  const owner = { name: "web", namespace: "ns" };
  test("what is marked is owned, marks of others are overwritten", () => {
    const other = markOwned(object("ConfigMap", "a", { mine: "1" }), { name: "other", namespace: "x" });
    expect(ownershipProblem(other, owner)).toBe(
      'invalid ownership metadata; annotation validation error: key "meta.helm.sh/release-name" must equal "web": current value ' +
        'is "other"; annotation validation error: key "meta.helm.sh/release-namespace" must equal "ns": current value is "x"',
    );
    const own = markOwned(other, owner);
    expect(ownershipProblem(own, owner)).toBeUndefined();
    expect(own.metadata.annotations?.["mine"]).toBe("1");
  });
});

test.each([
  ["keep", "kept"],
  [" Keep ", "kept"],
  ["delete", "neither"],
])("splitKept() of the policy %j: %s", (policy, want) => {
  const { kept, going } = splitKept([
    object("ConfigMap", "a", { "helm.sh/resource-policy": policy }),
    object("Secret", "b"),
  ]);
  expect([names(kept), names(going)]).toEqual([want === "kept" ? ["a"] : [], ["b"]]);
});

test("objects are deleted by kind, unknown kinds last and by name, else in their order", () => {
  const objects = ["ConfigMap", "Zebra", "Namespace", "Apple", "Deployment", "Service"].map((kind) => object(kind));
  expect(names(inUninstallOrder(objects))).toEqual([
    "Service",
    "Deployment",
    "ConfigMap",
    "Namespace",
    "Apple",
    "Zebra",
  ]);
});

test("neighbours of one kind go together, a few at a time", () => {
  const kinds = ["a", "a", "b", "a", ...Array.from({ length: 17 }, () => "c")];
  expect(runsOf(kinds, (kind) => kind).map((run) => `${run[0]}${run.length}`)).toEqual(["a2", "b1", "a1", "c16", "c1"]);
});

describe("upgradeManagers()", () => {
  const entry = (
    manager: string,
    operation: "Apply" | "Update",
    fields: object,
    subresource?: string,
  ): ManagedFieldsEntry => ({
    manager,
    operation,
    fieldsV1: fields as never,
    ...(subresource ? { subresource } : {}),
  });
  const other = entry("other", "Update", { "f:x": {} });
  test.each<[string, ManagedFieldsEntry[], ManagedFieldsEntry[] | undefined]>([
    ["nothing was written client-side", [entry("helm", "Apply", { "f:a": {} }), other], undefined],
    [
      "what was written is applied",
      [entry("helm", "Update", { "f:a": {} }), other],
      [entry("helm", "Apply", { "f:a": {} }), other],
    ],
    [
      "both are one",
      [entry("helm", "Apply", { "f:m": { "f:a": {} } }), entry("helm", "Update", { "f:m": { "f:b": {} } })],
      [entry("helm", "Apply", { "f:m": { "f:a": {}, "f:b": {} } })],
    ],
    ["subresources stay", [entry("helm", "Update", {}, "status")], undefined],
  ])("%s", (_name, entries, want) => {
    expect(upgradeManagers(entries, "helm")).toEqual(want);
  });
});
