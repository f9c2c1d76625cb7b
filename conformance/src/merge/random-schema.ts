import type { Json, JsonObject } from "@eddy/core/json";
import type { Random } from "../random.ts";

const names = ["a", "b", "c", "d", "e"];

/** A random structural schema: structs, maps, sets, keyed and atomic lists, free-form parts, key defaults. */
export function randomSchema(random: Random, depth = 0): JsonObject {
  if (depth >= 4 || random.chance(0.3)) return randomScalar(random);
  switch (random.below(8)) {
    case 0:
      return { type: "object", additionalProperties: randomSchema(random, depth + 1), ...mapType(random) };
    case 1:
      return { type: "array", items: randomScalar(random), "x-kubernetes-list-type": "set" };
    case 2:
    case 3:
      return randomKeyedList(random, depth);
    case 4:
      return { type: "array", items: randomSchema(random, depth + 1), "x-kubernetes-list-type": "atomic" };
    case 5:
      return random.pick<JsonObject>([
        { type: "object" },
        { type: "object", "x-kubernetes-preserve-unknown-fields": true },
        {
          type: "object",
          properties: { a: randomSchema(random, depth + 1) },
          "x-kubernetes-preserve-unknown-fields": true,
        },
        { "x-kubernetes-int-or-string": true },
        { "x-kubernetes-preserve-unknown-fields": true },
      ]);
    default:
      return randomStruct(random, depth);
  }
}

function mapType(random: Random): JsonObject {
  return random.chance(0.15) ? { "x-kubernetes-map-type": "atomic" } : {};
}

function randomScalar(random: Random): JsonObject {
  return random.pick<JsonObject>([
    { type: "string" },
    { type: "string" },
    { type: "integer" },
    { type: "number" },
    { type: "boolean" },
    { type: "string", format: "date-time" },
  ]);
}

/** A struct with some of the names. */
export function randomStruct(random: Random, depth: number): JsonObject {
  const properties: JsonObject = {};
  for (const name of names) if (random.chance(0.6)) properties[name] = randomSchema(random, depth + 1);
  properties.a ??= { type: "string" };
  return { type: "object", properties, ...mapType(random) };
}

function randomKeyedList(random: Random, depth: number): JsonObject {
  const items = randomStruct(random, depth);
  delete items["x-kubernetes-map-type"];
  const properties = items.properties as JsonObject;
  const keys: Json[] = ["name"];
  properties.name = { type: "string" };
  if (random.chance(0.4)) {
    keys.push("port");
    properties.port = { type: "integer", ...(random.chance(0.6) ? { default: 1 } : {}) };
  }
  return { type: "array", items, "x-kubernetes-list-type": "map", "x-kubernetes-list-map-keys": random.shuffle(keys) };
}
