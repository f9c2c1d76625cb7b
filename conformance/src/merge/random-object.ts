import type { Json, JsonObject } from "@eddy/core/json";
import type { Random } from "../random.ts";

const texts = ["x", "y", "z", "", "<&>", "é\u2028"];
const keys = ["k", "l", "m", "n.o/p", "~q", "constructor"];

/** A random value of a schema, seldom a wrong one; domains are small, so that values of different writers meet. */
export function randomValue(random: Random, schema: JsonObject, wrong: number): Json {
  if (random.chance(0.02)) return null;
  if (random.chance(wrong)) return random.pick<Json>(["x", 1, true, [], {}, ["x"], { zz: 1 }, [{}], [null]]);
  switch (schema.type) {
    case "object":
      return randomMap(random, schema, wrong);
    case "array":
      return randomList(random, schema, wrong);
    case "integer":
      return random.below(3);
    case "number":
      return random.pick([0, 1, 1.5]);
    case "boolean":
      return random.chance(0.5);
    case "string":
      return random.pick(texts);
    default:
      return randomAny(random, 0);
  }
}

function randomAny(random: Random, depth: number): Json {
  const count = random.below(3);
  switch (random.below(depth > 2 ? 3 : 5)) {
    case 0:
      return random.pick(texts);
    case 1:
      return random.below(3);
    case 2:
      return random.chance(0.5);
    case 3:
      return Array.from({ length: count }, () => randomAny(random, depth + 1));
    default:
      return Object.fromEntries(Array.from({ length: count }, () => [random.pick(keys), randomAny(random, depth + 1)]));
  }
}

function randomMap(random: Random, schema: JsonObject, wrong: number): JsonObject {
  const result: JsonObject = {};
  const properties = (schema.properties ?? {}) as Record<string, JsonObject>;
  const density = random.pick([0.2, 0.5, 0.9]);
  for (const name in properties) {
    const required = name === "name";
    const property = properties[name] as JsonObject;
    if (required || random.chance(density))
      result[name] = required ? random.pick(["x", "y", "z"]) : randomValue(random, property, wrong);
  }
  const additional = schema.additionalProperties;
  const isFree =
    schema["x-kubernetes-preserve-unknown-fields"] === true ||
    (schema.properties === undefined && additional === undefined);
  if (additional !== undefined || isFree) {
    for (const key of keys) {
      if (random.chance(density / 2))
        result[key] = isFree ? randomAny(random, 0) : randomValue(random, additional as JsonObject, wrong);
    }
  }
  return result;
}

function randomList(random: Random, schema: JsonObject, wrong: number): Json[] {
  const items = Array.from({ length: random.below(5) }, () => randomValue(random, schema.items as JsonObject, wrong));
  if (schema["x-kubernetes-list-type"] === "atomic" || random.chance(0.05)) return items;
  const names = schema["x-kubernetes-list-map-keys"] as string[] | undefined;
  const seen = new Set<string>();
  return items.filter((item) => {
    const key = JSON.stringify(
      names === undefined ? item : names.map((name) => (item as JsonObject | null)?.[name] ?? 1),
    );
    if (seen.has(key)) return false;
    seen.add(key);
    return item !== null;
  });
}

/** The value with some parts changed, taken away or added. */
export function mutateValue(random: Random, schema: JsonObject, value: Json | undefined): Json | undefined {
  const fits = Array.isArray(value) === (schema.type === "array");
  if (value === undefined || value === null || !fits || random.chance(0.08)) return randomValue(random, schema, 0);
  if (random.chance(0.05)) return undefined;
  if (Array.isArray(value)) return random.chance(0.4) ? mutateList(random, schema, value) : value;
  if (typeof value !== "object") return random.chance(0.2) ? randomValue(random, schema, 0) : value;
  const result: JsonObject = { ...value };
  const properties = (schema.properties ?? {}) as Record<string, JsonObject>;
  for (const name in properties) {
    if (name !== "name" && name !== "port" && random.chance(0.4)) {
      result[name] = mutateValue(random, properties[name] as JsonObject, result[name]);
    }
  }
  if (schema.properties === undefined && random.chance(0.5)) Object.assign(result, randomMap(random, schema, 0));
  return result;
}

function mutateList(random: Random, schema: JsonObject, value: readonly Json[]): Json[] {
  const kept = value.filter(() => random.chance(0.8));
  const mutated = kept.map((item) => mutateValue(random, schema.items as JsonObject, item) ?? item);
  return random.chance(0.3) ? random.shuffle(mutated) : mutated;
}
