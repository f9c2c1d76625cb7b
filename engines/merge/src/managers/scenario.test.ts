import { describe, expect, it } from "vitest";
import type { JsonObject } from "@eddy/core/json";
import { mergeTypeOf } from "../typed/merge-type-of.ts";
import { apply } from "./apply.ts";
import { managedFieldsOf } from "./managed-fields.ts";
import { restoreTimes } from "./restore-times.ts";
import type { ApplyOutcome, ResourceSchema } from "./types.ts";
import { update } from "./update.ts";

const schema: JsonObject = {
  type: "object",
  properties: {
    apiVersion: { type: "string" },
    kind: { type: "string" },
    metadata: {
      type: "object",
      properties: {
        name: { type: "string" },
        uid: { type: "string" },
        labels: { type: "object", additionalProperties: { type: "string" } },
        annotations: { type: "object", additionalProperties: { type: "string" } },
      },
    },
    spec: {
      type: "object",
      properties: {
        replicas: { type: "integer" },
        args: { type: "array", items: { type: "string" } },
        finalizers: { type: "array", items: { type: "string" }, "x-kubernetes-list-type": "set" },
        ports: {
          type: "array",
          "x-kubernetes-list-type": "map",
          "x-kubernetes-list-map-keys": ["port", "protocol"],
          items: {
            type: "object",
            properties: {
              port: { type: "integer" },
              protocol: { type: "string", default: "TCP" },
              name: { type: "string" },
            },
          },
        },
      },
    },
    status: { type: "object", properties: { ready: { type: "boolean" } } },
  },
};
const type = mergeTypeOf(schema, () => undefined);
const apiVersion = "example.com/v1";
const kind = "Thing";
const resource: ResourceSchema = { typeOf: (version) => (version === apiVersion ? type : undefined) };
const now = new Date("2026-01-02T03:04:05.678Z");
const request = { apiVersion, kind, now, force: false };

function thing(spec: JsonObject, metadata: JsonObject = {}): JsonObject {
  return { apiVersion, kind, metadata: { name: "t", ...metadata }, spec };
}

function applied(outcome: ApplyOutcome): JsonObject {
  if (outcome.kind === "conflict") throw new Error(outcome.message);
  return outcome.object;
}

function ownersOf(object: JsonObject): Record<string, unknown> {
  return Object.fromEntries(
    (managedFieldsOf(object) ?? []).map((entry) => [`${entry.manager} ${entry.operation}`, entry.fieldsV1]),
  );
}

const empty: JsonObject = { apiVersion, kind };

function create(spec: JsonObject, manager = "a"): JsonObject {
  return applied(apply(resource, empty, thing(spec), { ...request, manager }));
}

describe("apply()", () => {
  it("creates, owning what the config names and no defaults", () => {
    const object = create({ replicas: 1, args: [], ports: [] });
    expect(object.spec).toEqual({ replicas: 1, args: [], ports: [] });
    expect(object.metadata).toEqual({
      name: "t",
      managedFields: [
        {
          manager: "a",
          operation: "Apply",
          apiVersion,
          time: "2026-01-02T03:04:05Z",
          fieldsType: "FieldsV1",
          fieldsV1: { "f:spec": { "f:args": {}, "f:replicas": {} } },
        },
      ],
    });
  });

  it("removes what its manager no longer names, unless another owns it", () => {
    const two = applied(
      apply(resource, create({ replicas: 1, args: ["x"] }), thing({ replicas: 1 }), { ...request, manager: "b" }),
    );
    const gone = applied(apply(resource, two, thing({}), { ...request, manager: "a" }));
    expect(gone.spec).toEqual({ replicas: 1 });
    expect(ownersOf(gone)).toEqual({ "a Apply": { "f:spec": {} }, "b Apply": { "f:spec": { "f:replicas": {} } } });
  });

  it("gives a co-owner that changes nothing no time", () => {
    const outcome = apply(resource, create({ replicas: 1 }), thing({ replicas: 1 }), { ...request, manager: "b" });
    expect(outcome).toMatchObject({ kind: "applied", changed: false });
    const object = (outcome as { object: JsonObject }).object;
    const [first] = managedFieldsOf(object) ?? [];
    expect(first).toMatchObject({ manager: "b" });
    expect(first).not.toHaveProperty("time");
  });

  it("refuses to take a field from another, in the server's words", () => {
    const outcome = apply(resource, create({ replicas: 1 }), thing({ replicas: 2 }), { ...request, manager: "b" });
    expect(outcome).toEqual({
      kind: "conflict",
      message: 'Apply failed with 1 conflict: conflict with "a": .spec.replicas',
      causes: [{ reason: "FieldManagerConflict", message: 'conflict with "a"', field: ".spec.replicas" }],
    });
  });

  it("names several conflicts by manager", () => {
    const live = create({ replicas: 1, ports: [{ port: 80, name: "x" }] });
    const next = { ...live, status: { ready: true } };
    const updated = update(resource, live, next, { ...request, manager: "kcm", subresource: "status" });
    const config = { ...thing({ replicas: 2, ports: [{ port: 80, name: "y" }] }), status: { ready: false } };
    expect(apply(resource, updated, config, { ...request, manager: "b" })).toMatchObject({
      message:
        'Apply failed with 3 conflicts: conflicts with "a":\n- .spec.replicas\n- .spec.ports[port=80,protocol="TCP"].name\n' +
        'conflicts with "kcm" with subresource "status" using example.com/v1:\n- .status.ready',
    });
  });

  it("takes it by force", () => {
    const object = applied(
      apply(resource, create({ replicas: 1 }), thing({ replicas: 2 }), { ...request, manager: "b", force: true }),
    );
    expect(object.spec).toEqual({ replicas: 2 });
    expect(ownersOf(object)).toEqual({ "b Apply": { "f:spec": { "f:replicas": {} } } });
  });

  it("finds list items by key, with the schema's default in missing keys", () => {
    const live = create({
      ports: [
        { port: 80, name: "web" },
        { port: 53, protocol: "UDP" },
      ],
    });
    const config = thing({ ports: [{ port: 443 }, { port: 80, protocol: "TCP", name: "web" }] });
    expect(applied(apply(resource, live, config, { ...request, manager: "b" })).spec).toEqual({
      ports: [{ port: 443 }, { port: 80, name: "web", protocol: "TCP" }, { port: 53, protocol: "UDP" }],
    });
  });

  it("hands what was there before the first apply to before-first-apply", () => {
    const live = { ...thing({ replicas: 1 }), metadata: { name: "t", uid: "u" } };
    const object = applied(apply(resource, live, thing({ args: ["x"] }), { ...request, manager: "a" }));
    expect(Object.keys(ownersOf(object))).toEqual(["a Apply", "before-first-apply Update"]);
    expect(ownersOf(object)["before-first-apply Update"]).toEqual({ "f:spec": { ".": {}, "f:replicas": {} } });
  });

  it.each([
    ["another kind", { ...thing({}), kind: "Other" }, 400, "invalid object type: example.com/v1, Kind=Other"],
    ["another version", { ...thing({}), apiVersion: "v2" }, 400, "invalid object type: /v2, Kind=Thing"],
    ["managedFields", thing({}, { managedFields: [] }), 400, "metadata.managedFields must be nil"],
    [
      "an unknown field",
      thing({ bogus: 1 }),
      500,
      "failed to create typed patch object (/t; example.com/v1, Kind=Thing): .spec.bogus: field not declared in schema",
    ],
    [
      "duplicates",
      thing({ finalizers: ["x", "x"] }),
      500,
      'failed to create typed patch object (/t; example.com/v1, Kind=Thing): .spec.finalizers: duplicate entries for key [="x"]',
    ],
  ])("refuses %s", (_what, config, status, message) => {
    expect(() => apply(resource, empty, config, { ...request, manager: "a" })).toThrow(
      expect.objectContaining({ status, message }),
    );
  });
});

describe("migration from client-side apply", () => {
  const annotation = "kubectl.kubernetes.io/last-applied-configuration";
  const lastApplied = JSON.stringify(thing({ replicas: 1 }));
  const live = update(resource, empty, thing({ replicas: 1 }, { annotations: { [annotation]: lastApplied } }), {
    ...request,
    manager: "kubectl-client-side-apply",
  });

  it("forgives kubectl what the annotation explains, and rewrites it", () => {
    const object = applied(apply(resource, live, thing({ replicas: 3 }), { ...request, manager: "kubectl" }));
    expect(object.spec).toEqual({ replicas: 3 });
    expect((object.metadata as { annotations: JsonObject }).annotations[annotation]).toBe(
      '{"apiVersion":"example.com/v1","kind":"Thing","metadata":{"name":"t"},"spec":{"replicas":3}}\n',
    );
  });

  it("forgives nobody else", () => {
    expect(apply(resource, live, thing({ replicas: 3 }), { ...request, manager: "helm" }).kind).toBe("conflict");
  });
});

describe("update()", () => {
  const live = update(resource, empty, thing({ replicas: 1 }, { uid: "u" }), { ...request, manager: "a" });

  it("owns what it adds, structs included", () => {
    expect(ownersOf(live)).toEqual({ "a Update": { "f:spec": { ".": {}, "f:replicas": {} } } });
  });

  it("takes changed fields from their owners", () => {
    const next = update(resource, live, { ...live, spec: { replicas: 2 } }, { ...request, manager: "b" });
    expect(ownersOf(next)).toEqual({ "a Update": { "f:spec": {} }, "b Update": { "f:spec": { "f:replicas": {} } } });
  });

  it.each([
    ["an empty list resets", [], true],
    ["an empty entry resets", [{}], true],
    ["broken entries are ignored", [{ operation: "Apply" }], false],
    ["no list at all is ignored", undefined, false],
  ])("%s managedFields", (_what, managedFields, resets) => {
    const metadata = { name: "t", uid: "u", ...(managedFields === undefined ? {} : { managedFields }) } as JsonObject;
    const next = update(resource, live, { ...live, metadata }, { ...request, manager: "a" });
    expect((next.metadata as JsonObject).managedFields === undefined).toBe(resets);
  });

  it("resets what a subresource may not write", () => {
    const limited: ResourceSchema = {
      ...resource,
      resetFields: () => new Map([["f:status", { member: true, children: undefined }]]),
    };
    const next = update(limited, live, { ...live, status: { ready: true } }, { ...request, manager: "b" });
    expect(ownersOf(next)).toEqual({ "a Update": { "f:spec": { ".": {}, "f:replicas": {} } } });
  });

  it("merges the oldest of more than ten managers into ancient-changes", () => {
    let object = update(resource, empty, thing({}), { ...request, manager: "first" });
    for (let number = 0; number < 14; number++) {
      const labels = { ...(object.metadata as { labels?: JsonObject }).labels, [`l${number}`]: "x" };
      const next = { ...object, metadata: { ...(object.metadata as JsonObject), labels } };
      object = update(resource, object, next, {
        ...request,
        manager: `m${number}`,
        now: new Date(now.getTime() + number * 1000),
      });
    }
    const owners = ownersOf(object);
    expect(Object.keys(owners)).toHaveLength(10);
    expect(owners).toHaveProperty("ancient-changes Update");
    expect(owners).toHaveProperty("m13 Update");
  });

  it("forgets owners in versions that are no longer served", () => {
    const old = update(
      { typeOf: () => type },
      { ...empty, apiVersion: "example.com/v0" },
      { ...thing({ replicas: 1 }), apiVersion: "example.com/v0" },
      {
        ...request,
        apiVersion: "example.com/v0",
        manager: "old",
      },
    );
    const object = applied(
      apply(resource, { ...old, apiVersion }, thing({ replicas: 2 }), { ...request, manager: "a" }),
    );
    expect(ownersOf(object)).toEqual({ "a Apply": { "f:spec": { "f:replicas": {} } } });
  });
});

describe("restoreTimes()", () => {
  const live = create({ replicas: 1 });
  const later = { ...request, manager: "a", now: new Date(now.getTime() + 60_000) };

  it("keeps the live object where only times would change", () => {
    const written = update(resource, live, { ...live, spec: { replicas: 2 } }, { ...later, manager: "b" });
    const again = update(resource, written, { ...written, spec: { replicas: 2 } }, { ...later, manager: "b" });
    expect(restoreTimes(written, again)).toBe(written);
  });

  it("stores a change of fields or owners", () => {
    const changed = applied(apply(resource, live, thing({ replicas: 2 }), later));
    expect(restoreTimes(live, changed)).toBe(changed);
    const shared = applied(apply(resource, live, thing({ replicas: 1 }), { ...later, manager: "b" }));
    expect(restoreTimes(live, shared)).toBe(shared);
  });
});
