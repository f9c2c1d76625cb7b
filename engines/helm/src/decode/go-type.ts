/** A field of a struct: its name here, and its type. */
export interface GoField {
  readonly key: string;
  readonly type: GoType;
}

/** A struct, as `encoding/json` decodes it. `name` is "" for one without a name. */
export interface GoStruct {
  readonly kind: "struct";
  readonly name: string;
  /** As `%T` prints it, without a `*`. */
  readonly goName: string;
  /** By name in JSON. */
  readonly fields: Readonly<Record<string, GoField>>;
  /** A pointer: null stays null. */
  readonly pointer?: boolean;
}

/** What Go decodes a JSON value into. */
export type GoType =
  | { readonly kind: "string" | "bool" | "any" }
  | { readonly kind: "slice"; readonly of: GoType }
  | { readonly kind: "map"; readonly of: GoType }
  | GoStruct;

/** The type as Go prints it. */
export function formatGoType(type: GoType): string {
  if (type.kind === "any") return "interface {}";
  if (type.kind === "slice") return `[]${formatGoType(type.of)}`;
  if (type.kind === "map") return `map[string]${formatGoType(type.of)}`;
  if (type.kind === "struct") return `${type.pointer === true ? "*" : ""}${type.goName}`;
  return type.kind;
}
