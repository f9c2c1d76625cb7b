import type { Json, JsonObject } from "@eddy/core/json";

/**
 * Values of a chart, as Go sees them: a `number` is a float64, which is what every number of a YAML or JSON file is; a `bigint` is
 * an int64, which only `--set` makes.
 */
export type Values = JsonObject;

/** One value of {@link Values}. */
export type Value = Json;
