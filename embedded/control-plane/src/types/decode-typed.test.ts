import { expect, test } from "vitest";
import { decodeStruct, TypeMismatch, type DecodeFindings } from "./decode-typed.ts";
import { structOfKind, type GoStruct } from "./go-type.ts";

function structOf(apiVersion: string, kind: string): GoStruct {
  const struct = structOfKind(apiVersion, kind);
  if (!struct) throw new Error(`no ${kind}`);
  return struct;
}
const decode = (apiVersion: string, kind: string, value: unknown): { json: string; findings: DecodeFindings } => {
  const findings: DecodeFindings = { unknown: [] };
  return { json: JSON.stringify(decodeStruct(value, structOf(apiVersion, kind), findings)), findings };
};

test("members are in struct order; empty ones go or stay as Go's tags say", () => {
  expect(
    decode("v1", "ConfigMap", { data: {}, metadata: { annotations: {}, name: "x", labels: { b: "1", a: "2" } } }).json,
  ).toBe('{"metadata":{"name":"x","labels":{"a":"2","b":"1"}}}');
  expect(decode("rbac.authorization.k8s.io/v1", "ClusterRole", { metadata: { name: "x" } }).json).toBe(
    '{"metadata":{"name":"x"},"rules":null}',
  );
  expect(decode("apps/v1", "Deployment", { spec: { replicas: 0 } }).json).toContain(
    '"spec":{"replicas":0,"selector":null,"template":{"metadata":{},"spec":{"containers":null}},"strategy":{}},"status":{}',
  );
});

test("unknown members are found in the order of the document", () => {
  const { findings } = decode("apps/v1", "Deployment", {
    spec: { template: { spec: { containers: [{ name: "c", zz: 1 }] } }, yy: 1 },
    Kind: "x",
  });
  expect(findings.unknown).toEqual([
    'unknown field "spec.template.spec.containers[0].zz"',
    'unknown field "spec.yy"',
    'unknown field "Kind"',
  ]);
});

test.each([
  [
    "a string for a number",
    { spec: { replicas: "1" } },
    "json: cannot unmarshal string into Go struct field DeploymentSpec.spec.replicas of type int32",
  ],
  [
    "an object for a list",
    { spec: { template: { spec: { containers: {} } } } },
    "json: cannot unmarshal object into Go struct field PodSpec.spec.template.spec.containers of type []v1.Container",
  ],
  [
    "a bad quantity",
    { spec: { template: { spec: { containers: [{ resources: { limits: { cpu: "x" } } }] } } } },
    "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'",
  ],
  ["a list for an object", [], "json: cannot unmarshal array into Go value of type v1.Deployment"],
])("%s is refused in Go's words", (_name, value, message) => {
  expect(() => decode("apps/v1", "Deployment", value)).toThrow(new TypeMismatch(message));
});
