import type { Json, JsonObject } from "@eddy/core/json";
import type { Random } from "../random.ts";

const names = ["a", "b", "c-d", "e"];
const texts = ["", "x", "abc", "2026-01-01T00:00:00Z", "10.0.0.1", "5m", "é😀"];

function maybe(random: Random, probability: number, members: () => JsonObject): JsonObject {
  return random.chance(probability) ? members() : {};
}

function randomText(random: Random): JsonObject {
  return {
    type: "string",
    ...maybe(random, 0.15, () => ({ enum: ["x", "abc"] })),
    ...maybe(random, 0.2, () => ({
      format: random.pick([
        "date-time",
        "date",
        "ipv4",
        "ipv6",
        "cidr",
        "duration",
        "uri",
        "hostname",
        "uuid",
        "byte",
        "odd",
      ]),
    })),
    ...maybe(random, 0.15, () => ({ minLength: random.below(3) })),
    ...maybe(random, 0.15, () => ({ maxLength: random.below(4) })),
    ...maybe(random, 0.15, () => ({ pattern: random.pick(["^a", "x|b$", "^[a-z]*$"]) })),
    ...maybe(random, 0.1, () => ({ default: random.pick(["x", "abc"]) })),
  };
}

function randomNumber(random: Random): JsonObject {
  const type = random.pick(["integer", "number"]);
  return {
    type,
    ...maybe(random, 0.2, () => ({ minimum: random.below(3), exclusiveMinimum: random.chance(0.3) })),
    ...maybe(random, 0.2, () => ({ maximum: random.below(5), exclusiveMaximum: random.chance(0.3) })),
    ...maybe(random, 0.1, () => ({ multipleOf: random.pick([2, 3]) })),
    ...maybe(random, 0.2, () => ({
      format: type === "integer" ? random.pick(["int32", "int64"]) : random.pick(["float", "double"]),
    })),
    ...maybe(random, 0.1, () => ({ default: 2 })),
  };
}

const rules: Record<string, readonly JsonObject[]> = {
  integer: [
    { rule: "self > 1", message: "too small" },
    { rule: "self >= oldSelf" },
    { rule: "self % 2 == 0", messageExpression: "'odd: ' + string(self)" },
  ],
  number: [{ rule: "self < 2.5" }],
  string: [
    { rule: "self.startsWith('x')" },
    { rule: "self == oldSelf", message: "immutable" },
    { rule: "self.matches('^[a-c]*$')" },
  ],
  boolean: [{ rule: "self", reason: "FieldValueForbidden", message: "must be on" }],
  array: [{ rule: "size(self) < 2" }, { rule: "self.size() == oldSelf.size()" }],
  object: [{ rule: "size(self) < 3" }],
};

/** A random structural schema, seldom one that is not structural. */
function randomSchema(random: Random, depth: number): JsonObject {
  const schema = randomShape(random, depth);
  if (random.chance(0.08)) schema.nullable = true;
  const known = rules[String(schema.type)];
  if (known !== undefined && schema.format === undefined && random.chance(0.12) && takesRules(schema)) {
    schema["x-kubernetes-validations"] = [random.pick(known)];
  }
  if (random.chance(0.015) && schema["x-kubernetes-preserve-unknown-fields"] === undefined) delete schema.type;
  return schema;
}

/** Of objects only maps: on structs `size(self)` does not compile, and ours knows no types at that time. */
function takesRules(schema: JsonObject): boolean {
  return schema.type !== "object" || schema.additionalProperties !== undefined;
}

function randomShape(random: Random, depth: number): JsonObject {
  const kind = random.below(depth > 3 ? 4 : 10);
  if (kind < 2) return randomText(random);
  if (kind === 2) return randomNumber(random);
  if (kind === 3) return random.chance(0.6) ? { type: "boolean" } : { "x-kubernetes-int-or-string": true };
  if (kind < 6) return randomList(random, depth);
  if (kind === 6)
    return {
      type: "object",
      additionalProperties: randomSchema(random, depth + 1),
      ...maybe(random, 0.2, () => ({ maxProperties: 1 })),
    };
  if (kind === 7)
    return {
      type: "object",
      "x-kubernetes-preserve-unknown-fields": true,
      ...maybe(random, 0.4, () => ({ properties: { a: randomSchema(random, depth + 1) } })),
    };
  return randomStruct(random, depth);
}

function randomStruct(random: Random, depth: number): JsonObject {
  const properties: JsonObject = {};
  for (const name of names) if (random.chance(0.6)) properties[name] = randomSchema(random, depth + 1);
  const declared = Object.keys(properties);
  const struct: JsonObject = { type: "object", properties, ...maybe(random, 0.1, () => ({ default: {} })) };
  if (random.chance(0.3)) struct.required = declared.filter(() => random.chance(0.4));
  if (random.chance(0.08) && declared.length > 1)
    struct.oneOf = declared.slice(0, 2).map((name) => ({ required: [name] }));
  if (random.chance(0.15) && declared.includes("a"))
    struct["x-kubernetes-validations"] = [
      random.pick<JsonObject>([
        { rule: "has(self.a)", fieldPath: ".a" },
        { rule: "!has(self.a) || has(oldSelf.a)", message: "keep" },
      ]),
    ];
  return struct;
}

function randomList(random: Random, depth: number): JsonObject {
  const list: JsonObject = {
    type: "array",
    ...maybe(random, 0.15, () => ({ maxItems: 2 })),
    ...maybe(random, 0.15, () => ({ minItems: 1 })),
  };
  switch (random.below(3)) {
    case 0:
      return { ...list, items: { type: "string" }, "x-kubernetes-list-type": "set" };
    case 1: {
      const items = randomStruct(random, depth + 1);
      (items.properties as JsonObject).name = { type: "string" };
      items.required = ["name"];
      delete items.default;
      return { ...list, items, "x-kubernetes-list-type": "map", "x-kubernetes-list-map-keys": ["name"] };
    }
    default:
      return { ...list, items: randomSchema(random, depth + 1) };
  }
}

/** A random `openAPIV3Schema`. */
export function randomDefinition(random: Random): JsonObject {
  return { type: "object", properties: { spec: { ...randomStruct(random, 0) } } };
}

function randomValue(random: Random, schema: JsonObject): Json {
  if (random.chance(0.04)) return null;
  if (random.chance(0.05)) return random.pick<Json>(["x", 1, 1.5, true, [], {}, ["x"], { zz: 1 }]);
  switch (schema.type) {
    case "object":
      return randomObject(random, schema);
    case "array":
      return Array.from({ length: random.below(4) }, () => randomValue(random, schema.items as JsonObject));
    case "integer":
      return random.chance(0.02) ? 3_000_000_000 : random.below(5);
    case "number":
      return random.pick([0, 1, 2.5, 3, 4.5]);
    case "boolean":
      return random.chance(0.5);
    default:
      return random.pick(texts);
  }
}

function randomObject(random: Random, schema: JsonObject): JsonObject {
  const result: JsonObject = {};
  const properties = (schema.properties ?? {}) as Record<string, JsonObject>;
  for (const name in properties) {
    const likely = name === "name" ? 0.97 : 0.7;
    if (random.chance(likely))
      result[name] = name === "name" ? random.pick(["x", "y"]) : randomValue(random, properties[name] as JsonObject);
  }
  const additional = schema.additionalProperties;
  if (typeof additional === "object" && additional !== null) {
    for (const key of ["k", "l.m"]) if (random.chance(0.5)) result[key] = randomValue(random, additional as JsonObject);
  }
  if (random.chance(0.1)) result.unknown = random.pick<Json>([1, { a: 1 }, [{ b: 2 }]]);
  return result;
}

/** A random object of a definition; with `old`, mostly like it. */
export function randomCustomResource(random: Random, definition: JsonObject, old?: JsonObject): JsonObject {
  const { spec: schema } = definition.properties as Record<string, JsonObject>;
  const base: JsonObject = { apiVersion: "example.com/v1", kind: "Thing", metadata: { name: "t" } };
  const spec = randomValue(random, schema as JsonObject);
  if (old === undefined || typeof spec !== "object" || spec === null || Array.isArray(spec)) return { ...base, spec };
  const before = (
    typeof old.spec === "object" && old.spec !== null && !Array.isArray(old.spec) ? old.spec : {}
  ) as JsonObject;
  const mixed: JsonObject = { ...before };
  for (const key in spec) if (random.chance(0.5)) mixed[key] = spec[key];
  return { ...base, spec: mixed };
}
