import type { Json } from "@eddy/core/json";

/** What a scalar must be; `untyped` takes any scalar (int-or-string, quantities, strings with a format). */
export type ScalarKind = "string" | "numeric" | "boolean" | "untyped";

/** A list: `atomic` ones are owned and replaced whole; others are sets (`keys` empty) or maps keyed by `keys`. */
export interface ListType {
  readonly atomic: boolean;
  /** Sorted names of the fields that identify an item; empty for a set of scalars. */
  readonly keys: readonly string[];
  readonly item: MergeType;
}

/** A declared field of a struct. */
export interface FieldType {
  readonly type: MergeType;
  /** The schema's default; only list-map keys take it. */
  readonly default?: Json;
}

/** An object: declared `fields`, and the type of any other key, or undefined where other keys are refused. */
export interface MapType {
  readonly atomic: boolean;
  readonly fields: ReadonlyMap<string, FieldType>;
  readonly element: MergeType | undefined;
  /** A free-form object whose shape is deduced from the value: never reconciled with a changed schema. */
  readonly deduced: boolean;
}

/**
 * How values of one type merge. Several members may be set where a schema gives no type: the value then decides.
 * Types may be cyclic (JSONSchemaProps); they are built once per schema and compared by identity.
 * Source: structured-merge-diff v6 `schema.Atom`.
 */
export interface MergeType {
  readonly scalar?: ScalarKind;
  readonly list?: ListType;
  readonly map?: MapType;
}

const noFields: ReadonlyMap<string, FieldType> = new Map();

type Building = { scalar?: ScalarKind; list?: ListType; map?: MapType };

function buildUntypedAtomic(): MergeType {
  const type: Building = { scalar: "untyped" };
  type.list = { atomic: true, keys: [], item: type };
  type.map = { atomic: true, fields: noFields, element: type, deduced: false };
  return type;
}

/** Any value, owned as a whole. */
export const untypedAtomic: MergeType = buildUntypedAtomic();

function buildDeduced(): MergeType {
  const type: Building = { scalar: "untyped", list: { atomic: true, keys: [], item: untypedAtomic } };
  type.map = { atomic: false, fields: noFields, element: type, deduced: true };
  return type;
}

/** Any value: objects merge field by field, lists are owned as a whole. Objects without a schema have this type. */
export const deducedType: MergeType = buildDeduced();

/** Any scalar; resource quantities. */
export const untypedScalar: MergeType = { scalar: "untyped" };
