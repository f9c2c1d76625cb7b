import { field, textOf } from "../node/fields.ts";
import type { Node } from "@eddy/goyaml";
import { type DefinitionSchema, fieldOf, type FieldSchema, type OpenApiSchema } from "../schema/schema.ts";

/** What is known of one place in an object: how a list there merges, and what stands below. */
export interface PlaceSchema {
  readonly field: FieldSchema;
  readonly definition: DefinitionSchema;
}

/** A place that is known and has nothing to say. */
const nothingToSay: DefinitionSchema = { "*": {} };

/** The schema that an object's kind has, or undefined: its lists are then replaced. */
export function schemaOfObject(schema: OpenApiSchema, node: Node | undefined): PlaceSchema | undefined {
  const kind = textOf(field(node, "kind"));
  const apiVersion = kind === "" ? "" : textOf(field(node, "apiVersion"));
  if (apiVersion === "") return undefined;
  const definition = schema.definitionOf(apiVersion, kind);
  return definition === undefined ? undefined : { field: {}, definition };
}

/** The schema of a field. */
export function schemaOfField(
  schema: OpenApiSchema,
  place: PlaceSchema | undefined,
  name: string,
): PlaceSchema | undefined {
  if (place === undefined) return undefined;
  const found = fieldOf(place.definition, name);
  return found === undefined ? undefined : { field: found, definition: schema.definition(found.ref) ?? nothingToSay };
}

/** The schema of a list's elements. */
export function schemaOfElements(schema: OpenApiSchema, place: PlaceSchema | undefined): PlaceSchema | undefined {
  if (place === undefined) return undefined;
  return { field: {}, definition: schema.definition(place.field.items) ?? nothingToSay };
}

/** Whether lists merge there. */
export function mergesLists(place: PlaceSchema | undefined): boolean {
  return place?.field.strategy?.split(",").includes("merge") ?? false;
}
