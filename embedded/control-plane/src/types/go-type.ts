/** What Go knows of the built-in types: the form of each field, in struct order. Read from the `go-facts` pack. */
import { loadPack } from "../data/pack.ts";

/** The form of a value in Go. `name` is the Go name of a named scalar type, for error texts. */
export type GoType =
  | { form: "string" | "bool" | "int32" | "int64" | "float64"; name: string }
  | { form: "bytes" | "quantity" | "time" | "microTime" | "duration" | "fields" | "intOrString" | "raw" | "json" }
  | { form: "pointer"; to: GoType }
  /** `wrapped`: a named string list, which protobuf writes as a message with the field 1. */
  | { form: "slice"; of: GoType; wrapped: boolean }
  | { form: "map"; of: GoType }
  | { form: "struct"; index: number };

export interface GoField {
  /** JSON name; "" for an inlined struct. */
  name: string;
  type: GoType;
  omitEmpty: boolean;
  omitZero: boolean;
  inline: boolean;
  /** Protobuf field number; 0 when the field is not in protobuf. */
  proto: number;
}

export interface GoStruct {
  /** `apps/v1.DeploymentSpec`. */
  name: string;
  /** Go's short name, `DeploymentSpec`. */
  shortName: string;
  /** As declared, with inlined structs as one field. */
  fields: readonly GoField[];
  /** With inlined structs' fields in place: the members of the JSON object, in the order Go prints. */
  members: readonly GoField[];
  byName: ReadonlyMap<string, GoField>;
}

const letters: Readonly<Record<string, GoType>> = {
  Y: { form: "bytes" },
  Q: { form: "quantity" },
  T: { form: "time" },
  M: { form: "microTime" },
  D: { form: "duration" },
  V: { form: "fields" },
  O: { form: "intOrString" },
  R: { form: "raw" },
  J: { form: "json" },
};

const scalars: Readonly<Record<string, { form: "string" | "bool" | "int32" | "int64" | "float64"; name: string }>> = {
  s: { form: "string", name: "string" },
  b: { form: "bool", name: "bool" },
  i: { form: "int32", name: "int32" },
  l: { form: "int64", name: "int64" },
  f: { form: "float64", name: "float64" },
};

function parseExpression(text: string): GoType {
  const head = text[0] ?? "";
  const rest = text.slice(1);
  if (head === "*") return { form: "pointer", to: parseExpression(rest) };
  if (head === "[") return { form: "slice", of: parseExpression(rest), wrapped: false };
  if (head === "W") return { form: "slice", of: parseExpression(rest), wrapped: true };
  if (head === "{") return { form: "map", of: parseExpression(rest) };
  if (head === "@") return { form: "struct", index: Number(rest) };
  const scalar = scalars[head];
  if (scalar) return rest === "" ? scalar : { form: scalar.form, name: rest.slice(1, -1) };
  const special = letters[head];
  if (special) return special;
  throw new Error(`go-facts pack: unknown type expression "${text}"`);
}

const structs = new Map<number, GoStruct>();

/** The struct at this index of the pack; parsed once. */
export function structAt(index: number): GoStruct {
  const known = structs.get(index);
  if (known) return known;
  const pack = loadPack("go-facts");
  const fields = (pack.structs[index] ?? []).map(([name, expression, flags, proto]): GoField => ({
    name,
    type: parseExpression(expression),
    omitEmpty: flags.includes("o"),
    omitZero: flags.includes("z"),
    inline: flags.includes("I"),
    proto,
  }));
  const members = fields.flatMap((field) =>
    field.inline && field.type.form === "struct" ? structAt(field.type.index).members : [field],
  );
  const name = pack.names[index] ?? "";
  const parsed: GoStruct = {
    name,
    shortName: name.slice(name.lastIndexOf(".") + 1),
    fields,
    members,
    byName: new Map(members.map((field) => [field.name, field])),
  };
  structs.set(index, parsed);
  return parsed;
}

/** The struct of a built-in kind, or undefined for a kind that Go does not know. */
export function structOfKind(apiVersion: string, kind: string): GoStruct | undefined {
  const index = loadPack("go-facts").kinds[apiVersion]?.[kind];
  return index === undefined ? undefined : structAt(index);
}
