import type { KubeObject } from "@eddy/core/object";
import { KubeApiError } from "@eddy/kube";
import { describe, expect, test } from "vitest";
import { parseUnknownFields, sendKnownFields, withoutFields } from "./unknown-fields.ts";

const lead = "failed to create typed patch object (ns/a; apps/v1, Kind=Deployment): ";
const undeclared = "field not declared in schema";

test.each([
  ["one", `${lead}.spec.selectr: ${undeclared}`, [".spec.selectr"]],
  [
    "several, among others",
    `${lead}errors:\n  .spec.ports[port=80,protocol="TCP"].nam: ${undeclared}\n  .spec.x: expected string, got &{1}\n  .sops: ${undeclared}`,
    ['.spec.ports[port=80,protocol="TCP"].nam', ".sops"],
  ],
  ["another problem", `${lead}.metadata.labels.n: expected string, got &value.valueUnstructured{Value:1}`, []],
  ["another text", `admission webhook "x" denied the request: .spec.a: ${undeclared}`, []],
])("parseUnknownFields(): %s", (_name, message, want) => {
  expect(parseUnknownFields(message)).toEqual(want);
});

describe("withoutFields()", () => {
  const spec = {
    selectr: { a: "b" },
    "dotted.key/x": { "y[0].z": 1 },
    containers: [
      { name: "c", imagePulPolicy: "Always" },
      { name: 'q",]"', imagePulPolicy: "Never", more: [{ deep: [{ er: 1 }] }] },
    ],
    ports: [
      { port: 80, nam: "x" },
      { port: 80, protocol: "UDP", nam: "y" },
      { port: 53, nam: "z" },
    ],
  };
  const object = { apiVersion: "v1", kind: "Pod", metadata: { name: "a" }, sops: {}, spec } as unknown as KubeObject;
  const after = (...paths: string[]): typeof spec & { sops?: unknown } => {
    const { sops, spec: left } = withoutFields(object, paths) as unknown as { sops: unknown; spec: typeof spec };
    return { ...left, ...(sops ? { sops } : {}) };
  };

  test.each([
    [".sops", { ...spec }],
    [".spec.selectr", { ...spec, selectr: undefined, sops: {} }],
    [".spec.dotted.key/x.y[0].z", { ...spec, "dotted.key/x": {}, sops: {} }],
    [
      '.spec.containers[name="c"].imagePulPolicy',
      { ...spec, containers: [{ name: "c" }, spec.containers[1]], sops: {} },
    ],
    [
      '.spec.containers[name="q\\",]\\""].more[0].deep[0].er',
      { ...spec, containers: [spec.containers[0], { ...spec.containers[1], more: [{ deep: [{}] }] }], sops: {} },
    ],
    ['.spec.ports[port=80,protocol="TCP"].nam', { ...spec, ports: [{ port: 80 }, ...spec.ports.slice(1)], sops: {} }],
    [
      '.spec.ports[port=80,protocol="UDP"].nam',
      { ...spec, ports: [spec.ports[0], { port: 80, protocol: "UDP" }, spec.ports[2]], sops: {} },
    ],
  ])("%s", (path, want) => {
    expect(after(path)).toEqual(want);
  });

  test.each([
    "",
    ".",
    ".gone",
    ".spec.gone.selectr",
    ".spec.containers[name=c].imagePulPolicy",
    '.spec.containers[name="d"].imagePulPolicy',
    '.spec.containers[name="c"',
    '.spec.containers[name="\\x"].imagePulPolicy',
    ".spec.containers[7].imagePulPolicy",
    '.spec.containers[="c"].imagePulPolicy',
  ])("%s leads nowhere", (path) => {
    expect(withoutFields(object, [path])).toBe(object);
  });

  test("leaves what it was given", () => {
    const before = structuredClone(object);
    after(".spec.selectr", '.spec.containers[name="c"].imagePulPolicy');
    expect(object).toEqual(before);
  });
});

describe("sendKnownFields()", () => {
  const refusal = (path: string): KubeApiError =>
    new KubeApiError({ code: 500, reason: "InternalError", message: `${lead}${path}: ${undeclared}` });
  const objectOf = (apiVersion: string, kind: string): KubeObject =>
    ({ apiVersion, kind, metadata: { name: "a" }, spec: { a: 1, b: 2, c: 3 } }) as unknown as KubeObject;
  /** A server that does not know these fields, and names one at a time. */
  const server =
    (...unknown: string[]) =>
    async (object: KubeObject): Promise<string> => {
      const found = unknown.find((field) => field in (object["spec"] as object));
      if (found) throw refusal(`.spec.${found}`);
      return JSON.stringify(object["spec"]);
    };

  test("sends until the server knows all", async () => {
    const { answer, object, unknownFields } = await sendKnownFields(
      objectOf("apps/v1", "Deployment"),
      server("a", "c"),
    );
    expect([answer, object["spec"], unknownFields]).toEqual(['{"b":2}', { b: 2 }, [".spec.a", ".spec.c"]]);
  });

  test.each([
    ["example.com/v1", "Widget"],
    ["gateway.networking.k8s.io/v1", "Gateway"],
    ["apiextensions.k8s.io/v1", "CustomResourceDefinition"],
    ["rbac.authorization.k8s.io/v1", "ClusterRole"],
  ])("a refusal of %s %s stands", async (apiVersion, kind) => {
    await expect(sendKnownFields(objectOf(apiVersion, kind), server("a"))).rejects.toThrow(".spec.a");
  });

  test("a refusal for a field that is not there stands", async () => {
    const send = (): Promise<never> => Promise.reject(refusal(".spec.z"));
    await expect(sendKnownFields(objectOf("v1", "Pod"), send)).rejects.toThrow(".spec.z");
  });
});
