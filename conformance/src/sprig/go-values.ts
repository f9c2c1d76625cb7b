import {
  decodeGoString,
  encodeGoString,
  formatFloat,
  type GoMap,
  type GoValue,
  int,
  int64,
  Integer,
  isMap,
  Struct,
  sprint,
  tag,
  tagOf,
  typeOf,
} from "@eddy/gotemplate";

/** A Go value as the Go program writes it: what it is, and text, items or entries. */
export interface Encoded {
  kind: string;
  text?: string;
  items?: Encoded[];
  keys?: string[];
  seconds?: number;
  nanos?: number;
  offset?: number;
  zone?: string;
}

function base64(text: string): string {
  return Buffer.from(encodeGoString(text)).toString("base64");
}

function textOf(encoded: string): string {
  return decodeGoString(Buffer.from(encoded, "base64"));
}

/** The value that the Go program is to be given. */
export function decodeValue({ kind, text = "", items = [], keys = [] }: Encoded): GoValue {
  switch (kind) {
    case "nil":
      return null;
    case "bool":
      return text === "true";
    case "string":
      return textOf(text);
    case "int":
      return int(BigInt(text));
    case "int64":
      return int64(BigInt(text));
    case "float64":
      return Number(text.replace("Inf", "Infinity"));
    case "[]interface {}":
      return items.map(decodeValue);
    case "[]string":
    case "[]int":
      return tag(items.map(decodeValue), kind);
    case "map[string]interface {}":
      return mapOf(keys, items);
    case "map[string]string":
      return tag(mapOf(keys, items), kind);
    default:
      throw new Error(`no such kind: ${kind}`);
  }
}

function mapOf(keys: readonly string[], items: readonly Encoded[]): GoMap {
  return Object.fromEntries(keys.map((key, index) => [textOf(key), decodeValue(items[index] as Encoded)]));
}

/** A value of ours as the Go program would write it. Nil and empty lists and maps are told apart by their JSON elsewhere. */
export function encodeValue(value: GoValue): Encoded {
  if (value === null || value === undefined) return { kind: "nil" };
  const { name } = typeOf(value);
  if (typeof value === "string") return withText("string", value);
  if (typeof value === "boolean") return { kind: "bool", text: String(value) };
  if (typeof value === "number") return { kind: "float64", text: formatFloat(value, "g", -1) };
  if (value instanceof Integer) return { kind: name, text: String(value) };
  if (Array.isArray(value)) return value.length === 0 ? { kind: name } : { kind: name, items: value.map(encodeValue) };
  if (value instanceof Struct) return encodeStruct(value);
  if (isMap(value)) return encodeMap(value, name);
  return withText(name, sprint([value]));
}

function withText(kind: string, text: string): Encoded {
  return text === "" ? { kind } : { kind, text: base64(text) };
}

function encodeStruct(value: Struct): Encoded {
  const { name } = value.type;
  if (name === "*semver.Version") {
    const { original } = (value as unknown as { version: { original: string } }).version;
    return withText(name, `${sprint([value])} ${original}`);
  }
  if (name !== "time.Time") return withText(name, sprint([value]));
  const { nanos, seconds } = value as unknown as { nanos: bigint; seconds: bigint };
  const { seconds: offset, name: zone } = (
    value as unknown as { offset(): { seconds: number; name: string } }
  ).offset();
  return compact({
    kind: name,
    seconds: Number(seconds),
    nanos: Number(nanos - seconds * 1_000_000_000n),
    offset,
    zone,
  });
}

/** Go leaves out what is zero. */
function compact(encoded: Encoded): Encoded {
  return Object.fromEntries(
    Object.entries(encoded).filter(([, value]) => value !== 0 && value !== ""),
  ) as unknown as Encoded;
}

function encodeMap(value: GoMap, name: string): Encoded {
  const keys = Object.keys(value);
  if (keys.length === 0) return { kind: name };
  const sorted = keys
    .map((key) => [Buffer.from(encodeGoString(key)), key] as const)
    .sort(([left], [right]) => Buffer.compare(left, right));
  return {
    kind: tagOf(value)?.name ?? name,
    items: sorted.map(([, key]) => encodeValue(value[key])),
    keys: sorted.map(([bytes]) => bytes.toString("base64")),
  };
}

/** The Go program's value without the mark of nil, which ours does not show here. */
export function withoutNilMark(value: Encoded): Encoded {
  const plain = { ...value, kind: value.kind.replace(/^nil (?=map|\[)/, "") };
  return value.items === undefined ? plain : { ...plain, items: value.items.map(withoutNilMark) };
}
