/**
 * Reads JSON as Go would read it into a struct, and gives it back as Go would print it: members in struct order, empty
 * ones dropped or kept as the field's tags say, quantities and times canonical. Unknown members are reported, not kept.
 */
import { isObject, type JsonObject } from "@eddy/core/json";
import { structAt, type GoField, type GoStruct, type GoType } from "./go-type.ts";
import { canonicalQuantity } from "./quantity.ts";

/** A value of the wrong type, worded as sigs.k8s.io/json words it. */
export class TypeMismatch extends Error {
  override readonly name: string = "TypeMismatch";
}

/** What was met on the way. */
export interface DecodeFindings {
  /** Texts like `unknown field "spec.x"`. */
  unknown: string[];
}

interface Place {
  struct: string;
  /** Names without indices, as Go's errors have it. */
  path: string;
  /** With indices, as strict decoding has it. */
  exact: string;
}

const maxDepth = 512;

/** The value as Go would print it. */
export function decodeStruct(value: unknown, struct: GoStruct, findings: DecodeFindings): JsonObject {
  return readStruct(value, struct, { struct: struct.shortName, path: "", exact: "" }, findings, 0);
}

function readStruct(
  value: unknown,
  struct: GoStruct,
  place: Place,
  findings: DecodeFindings,
  depth: number,
): JsonObject {
  if (value === null || value === undefined) value = {};
  if (!isObject(value)) throw mismatch(value, place, goNameOf(struct));
  if (depth > maxDepth) throw new TypeMismatch("exceeded max depth");
  // Read in the order of the document, which is the order of findings, and printed in the order of the struct.
  const found = new Map<string, unknown>();
  for (const key in value) {
    const field = struct.byName.get(key);
    if (!field) findings.unknown.push(`unknown field "${join(place.exact, key)}"`);
    else
      found.set(
        key,
        readField(
          value[key],
          field,
          { struct: struct.shortName, path: join(place.path, key), exact: join(place.exact, key) },
          findings,
          depth,
        ),
      );
  }
  const result: JsonObject = {};
  for (const field of struct.members) {
    const read = found.has(field.name) ? found.get(field.name) : zeroOf(field);
    if (read !== undefined) result[field.name] = read as never;
  }
  return result;
}

const goNameOf = (struct: GoStruct): string => {
  const parts = struct.name.split("/");
  return parts.at(-1) ?? struct.name;
};

const join = (path: string, name: string): string => (path === "" ? name : `${path}.${name}`);

/** The field's printed value, or undefined when Go would leave it out. */
function readField(value: unknown, field: GoField, place: Place, findings: DecodeFindings, depth: number): unknown {
  const { type } = field;
  if (value === undefined || value === null) return zeroOf(field);
  const read = readValue(value, type, place, findings, depth + 1);
  if (field.omitEmpty && isEmpty(read, type)) return undefined;
  if (field.omitZero && isZero(read, type)) return undefined;
  return read;
}

function isEmpty(value: unknown, type: GoType): boolean {
  switch (type.form) {
    case "string":
    case "bytes":
      return value === "";
    case "bool":
      return value === false;
    case "int32":
    case "int64":
    case "float64":
      return value === 0;
    case "slice":
      return value === null || (value as unknown[]).length === 0;
    case "map":
      return value === null || Object.keys(value as object).length === 0;
    case "pointer":
      return value === null;
    default:
      return false;
  }
}

function isZero(value: unknown, type: GoType): boolean {
  if (type.form === "struct") return Object.values(value as object).every((member) => member === undefined);
  if (type.form === "time" || type.form === "microTime") return value === null;
  return isEmpty(value, type);
}

/** What an absent field prints. */
function zeroOf(field: GoField): unknown {
  const { type } = field;
  switch (type.form) {
    case "struct":
      return field.omitZero
        ? undefined
        : readStruct({}, structAt(type.index), { struct: "", path: "", exact: "" }, { unknown: [] }, 0);
    case "time":
    case "microTime":
      return field.omitZero ? undefined : null;
    case "quantity":
      return field.omitZero ? undefined : "0";
    case "intOrString":
      return field.omitZero ? undefined : 0;
    case "duration":
      return field.omitZero ? undefined : "0s";
    case "raw":
    case "fields":
      return field.omitZero ? undefined : null;
    default:
      break;
  }
  if (field.omitEmpty || field.omitZero) return undefined;
  if (type.form === "string") return "";
  if (type.form === "bool") return false;
  if (type.form === "int32" || type.form === "int64" || type.form === "float64") return 0;
  return null;
}

function readValue(value: unknown, type: GoType, place: Place, findings: DecodeFindings, depth: number): unknown {
  switch (type.form) {
    case "pointer":
      return value === null ? null : readValue(value, type.to, place, findings, depth);
    case "struct":
      return readStruct(value, structAt(type.index), place, findings, depth);
    case "slice":
      return readSlice(value, type.of, place, findings, depth);
    case "map":
      return readMap(value, type.of, place, findings, depth);
    case "json":
    case "raw":
    case "fields":
      return value;
    default:
      return readScalar(value, type, place);
  }
}

function readSlice(value: unknown, of: GoType, place: Place, findings: DecodeFindings, depth: number): unknown {
  if (value === null) return null;
  if (!Array.isArray(value)) throw mismatch(value, place, `[]${typeName(of)}`);
  return value.map((item: unknown, index) => {
    const at = { ...place, exact: `${place.exact}[${index}]` };
    return item === null ? zeroItem(of) : readValue(item, of, at, findings, depth + 1);
  });
}

function readMap(value: unknown, of: GoType, place: Place, findings: DecodeFindings, depth: number): unknown {
  if (value === null) return null;
  if (!isObject(value)) throw mismatch(value, place, `map[string]${typeName(of)}`);
  const result: JsonObject = {};
  // Go prints maps sorted by key.
  for (const key of Object.keys(value).sort()) {
    const item = value[key];
    const read =
      item === null || item === undefined
        ? zeroItem(of)
        : readValue(item, of, { ...place, exact: join(place.exact, key) }, findings, depth + 1);
    Object.defineProperty(result, key, { value: read, enumerable: true, writable: true, configurable: true });
  }
  return result;
}

const zeroItem = (of: GoType): unknown =>
  zeroOf({ name: "", type: of, omitEmpty: false, omitZero: false, inline: false, proto: 0 });

function readScalar(value: unknown, type: GoType, place: Place): unknown {
  switch (type.form) {
    case "string":
      if (typeof value !== "string") throw mismatch(value, place, type.name);
      return value;
    case "bool":
      if (typeof value !== "boolean") throw mismatch(value, place, type.name);
      return value;
    case "int32":
    case "int64":
      if (typeof value === "bigint") return value;
      if (typeof value !== "number") throw mismatch(value, place, type.name);
      if (!Number.isInteger(value) || (type.form === "int32" && Math.abs(value) > 2_147_483_648))
        throw mismatch(value, place, type.name);
      return value;
    case "float64":
      if (typeof value !== "number") throw mismatch(value, place, type.name);
      return value;
    case "bytes":
      return readBytes(value, place);
    case "quantity":
      return readQuantity(value);
    case "time":
      return readTime(value, place, 0);
    case "microTime":
      return readTime(value, place, 6);
    case "intOrString":
      if (typeof value !== "string" && typeof value !== "number") throw mismatch(value, place, "intstr.IntOrString");
      return value;
    default:
      if (typeof value !== "string") throw mismatch(value, place, "string");
      return value;
  }
}

function readBytes(value: unknown, place: Place): string {
  if (typeof value !== "string") throw mismatch(value, place, "[]uint8");
  const compact = value.replace(/[\r\n]/g, "");
  const bad = /[^A-Za-z0-9+/=]/.exec(compact);
  if (bad) throw new TypeMismatch(`illegal base64 data at input byte ${bad.index}`);
  if (compact.length % 4 !== 0)
    throw new TypeMismatch(`illegal base64 data at input byte ${compact.length - (compact.length % 4)}`);
  return compact;
}

function readQuantity(value: unknown): string {
  const canonical =
    typeof value === "number"
      ? canonicalQuantity(String(value))
      : typeof value === "string"
        ? canonicalQuantity(value.trim())
        : undefined;
  if (canonical === undefined) {
    throw new TypeMismatch(
      "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'",
    );
  }
  return canonical;
}

const rfc3339 = /^\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)$/;

function readTime(value: unknown, place: Place, digits: 0 | 6): string {
  if (typeof value !== "string") throw mismatch(value, place, digits === 0 ? "time.Time" : "string");
  const match = rfc3339.exec(value);
  const epochMs = match ? Date.parse(value) : Number.NaN;
  if (!match || Number.isNaN(epochMs)) {
    throw new TypeMismatch(
      `parsing time ${JSON.stringify(value)} as "2006-01-02T15:04:05Z07:00": cannot parse ${JSON.stringify(value)} as "2006"`,
    );
  }
  const seconds = new Date(epochMs).toISOString().slice(0, 19);
  if (digits === 0) return `${seconds}Z`;
  // Go reads a MicroTime by a layout with exactly six digits.
  if (match[1]?.length !== 7) {
    const rest = value.slice(19);
    throw new TypeMismatch(
      `parsing time ${JSON.stringify(value)} as "2006-01-02T15:04:05.000000Z07:00": cannot parse ${JSON.stringify(rest)} as ".000000"`,
    );
  }
  return `${seconds}${match[1]}Z`;
}

function typeName(type: GoType): string {
  switch (type.form) {
    case "struct":
      return goNameOf(structAt(type.index));
    case "pointer":
      return `*${typeName(type.to)}`;
    case "slice":
      return `[]${typeName(type.of)}`;
    case "map":
      return `map[string]${typeName(type.of)}`;
    case "string":
    case "bool":
    case "int32":
    case "int64":
    case "float64":
      return type.name;
    default:
      return type.form;
  }
}

const jsonKind = (value: unknown): string =>
  Array.isArray(value)
    ? "array"
    : value !== null && typeof value === "object"
      ? "object"
      : typeof value === "boolean"
        ? "bool"
        : typeof value;

function mismatch(value: unknown, place: Place, wanted: string): TypeMismatch {
  const got = typeof value === "number" && /^u?int/.test(wanted) ? `number ${value}` : jsonKind(value);
  if (place.path === "") return new TypeMismatch(`json: cannot unmarshal ${got} into Go value of type ${wanted}`);
  return new TypeMismatch(
    `json: cannot unmarshal ${got} into Go struct field ${place.struct}.${place.path} of type ${wanted}`,
  );
}
