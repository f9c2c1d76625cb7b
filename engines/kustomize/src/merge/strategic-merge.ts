import { compareText } from "@eddy/core/json";
import { makeNode, type Node } from "@eddy/goyaml";
import type { BuildBudget } from "../budget.ts";
import { field, fieldNames, isMissingOrNull, isNull } from "../node/fields.ts";
import { requireKind } from "../node/kind-error.ts";
import { setField } from "../node/set-field.ts";
import type { OpenApiSchema } from "../schema/schema.ts";
import { takeDirective, tryTakeDirective } from "./directive.ts";
import { mergeElements } from "./merge-list.ts";
import { mergesLists, type PlaceSchema, schemaOfElements, schemaOfField, schemaOfObject } from "./merge-schema.ts";

/** Steps that it takes to merge a field, apart from what is below it. */
const stepsPerName = 16;

/** What a merge leaves at a place; `keep` marks a null that is to be written. */
export interface Merged {
  readonly node: Node | undefined;
  readonly keep?: boolean;
}

/**
 * Merges a strategic merge patch into an object, in place; returns false where the patch deletes the object. Parts of the patch
 * become parts of the object, and its directives are taken out of it. Source: kyaml merge2 and walk.
 * @throws KustomizeError where kinds of nodes differ, and for unknown directives
 */
export function mergePatch(object: Node, patch: Node, schema: OpenApiSchema, budget: BuildBudget): boolean {
  return new StrategicMerge(schema, budget).walk(object, patch, undefined).node !== undefined;
}

/** One merge; exported for the lists' half of it. */
export class StrategicMerge {
  readonly schema: OpenApiSchema;
  readonly budget: BuildBudget;

  constructor(schema: OpenApiSchema, budget: BuildBudget) {
    this.schema = schema;
    this.budget = budget;
  }

  walk(dest: Node | undefined, patch: Node | undefined, known: PlaceSchema | undefined): Merged {
    const kind = (isMissingOrNull(dest) ? (isMissingOrNull(patch) ? undefined : patch) : dest)?.kind;
    const place = known ?? schemaOfObject(this.schema, dest) ?? schemaOfObject(this.schema, patch);
    if (kind !== undefined) {
      requireKind(dest, kind);
      requireKind(patch, kind);
    }
    if (kind === "sequence") {
      return {
        node: mergesLists(place) ? this.#mergeList(dest, patch, place) : (takeStyle(dest, patch), patch ?? dest),
      };
    }
    if (kind === "scalar") return { node: patch ?? dest };
    return this.#mergeMap(dest, patch, place);
  }

  #mergeMap(dest: Node | undefined, patch: Node | undefined, place: PlaceSchema | undefined): Merged {
    const result = visitMap(dest, patch);
    const { node } = result;
    if (node === undefined) return result;
    const names = unionOfNames(node, patch);
    // Each is looked for among the others.
    this.budget.step(names.length * (stepsPerName + ((node.content.length + (patch?.content.length ?? 0)) >> 3)));
    for (const name of names) {
      const existing = field(node, name);
      const merged = this.walk(existing, field(patch, name), schemaOfField(this.schema, place, name));
      // Setting a field to itself only matters to scalars without a type.
      if (merged.node === existing && existing !== undefined && existing.tag !== "" && existing.tag !== "!!null")
        continue;
      setField(node, name, merged.node, merged.keep);
    }
    return result;
  }

  #mergeList(dest: Node | undefined, patch: Node | undefined, place: PlaceSchema | undefined): Node | undefined {
    const result = visitList(dest, patch);
    if (result === undefined) return undefined;
    const elements = schemaOfElements(this.schema, place);
    // Each is compared with all others, several times.
    this.budget.step((result.content.length + (patch?.content.length ?? 0)) ** 2);
    return mergeElements(
      result,
      patch,
      place?.field.keys ?? [],
      (left, right) => this.walk(left, right, elements).node,
    );
  }
}

function unionOfNames(node: Node, patch: Node | undefined): string[] {
  if (patch === undefined) return fieldNames(node);
  const names = new Set(fieldNames(node));
  if (patch !== undefined && patch !== node) for (const name of fieldNames(patch)) names.add(name);
  return [...names].sort(compareText);
}

/** An empty place takes the patch's style. */
function takeStyle(dest: Node | undefined, patch: Node | undefined): void {
  if (dest !== undefined && patch !== undefined && dest.kind !== "scalar" && dest.content.length === 0)
    dest.style = patch.style;
}

function visitMap(dest: Node | undefined, patch: Node | undefined): Merged {
  takeStyle(dest, patch);
  if (dest === undefined || isNull(dest)) {
    if (tryTakeDirective(patch) === "delete") return { node: undefined };
    // A null that was written out stays, an empty value goes.
    if (patch === undefined && dest !== undefined && dest.value !== "") {
      return { node: makeNode("scalar", "!!null", dest.value), keep: true };
    }
    return { node: patch };
  }
  if (isNull(patch)) return { node: undefined };
  const directive = takeDirective(patch);
  if (directive === "delete") return { node: undefined };
  return { node: directive === "replace" ? patch : dest };
}

function visitList(dest: Node | undefined, patch: Node | undefined): Node | undefined {
  takeStyle(dest, patch);
  if (isMissingOrNull(dest)) return patch;
  if (isNull(patch)) return undefined;
  const directive = takeDirective(patch);
  if (directive === "delete") return undefined;
  return directive === "replace" ? patch : dest;
}
