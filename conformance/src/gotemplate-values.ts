import { Buffer } from "node:buffer";
import {
  Complex,
  type FunctionTable,
  type GoMap,
  goFunction,
  goMethod,
  type GoValue,
  encodeGoString,
  int,
  int64,
  Integer,
  namedType,
  pointerTo,
  sprint,
  Struct,
  structType,
  typeOf,
} from "@eddy/gotemplate";

/** A value with its Go type, as the Go program reads it. */
export interface WireValue {
  t: string;
  v?: string;
  b?: string;
  l?: WireValue[];
  m?: Record<string, WireValue>;
}

/** Go's Thing of the Go program: fields and methods. */
export const thingType: ReturnType<typeof structType> = structType(
  "main.Thing",
  { Name: "string", Size: "int", Any: "any", Tags: "map[string]string" },
  {
    methods: {
      Hello: goMethod(
        ["string"],
        "string",
        (_, self: Struct, who) => `hello ${who} from ${String(self.fields["Name"])}`,
      ),
      Sum: goMethod(["int", "...int"], "int64", (_, _self: Struct, first, ...rest) =>
        int64(rest.reduce((sum, { value }) => sum + value, first.value)),
      ),
      Get: goMethod([], "any", (_, self: Struct) => self.fields["Any"] ?? null),
      Fail: goMethod([], "string", () => {
        throw new Error("it failed");
      }),
    },
  },
);
export const thingPointerType: ReturnType<typeof pointerTo> = pointerTo(thingType);

/** Prints itself. */
export const shownType: ReturnType<typeof structType> = structType(
  "main.Shown",
  { Text: "string" },
  { format: (self: Struct) => `<${String(self.fields["Text"])}>` },
);

/** A named map with a method. */
export const valuesType: ReturnType<typeof namedType> = namedType("main.Values", "map[string]any", {
  methods: { Has: goMethod(["string"], "bool", (_, self: GoMap, key) => Object.hasOwn(self, key)) },
});

/** The value for the Go program. */
export function encodeValue(value: GoValue): WireValue {
  const t = typeOf(value).name;
  if (value === null || value === undefined) return { t: "nil" };
  if (typeof value === "string") return { t, b: Buffer.from(encodeGoString(value)).toString("base64") };
  if (value instanceof Uint8Array) return { t, b: Buffer.from(value).toString("base64") };
  if (typeof value === "number")
    return { t, v: Object.is(value, -0) ? "-0" : String(value).replace("Infinity", "Inf") };
  if (Array.isArray(value)) return { t, l: value.map(encodeValue) };
  if (value instanceof Struct) return { t, m: encodeMembers(value.fields) };
  if (value instanceof Integer || typeof value === "boolean") return { t, v: String(value) };
  if (value instanceof Complex) throw new TypeError("complex numbers are literals only");
  return { t, m: encodeMembers(value as GoMap) };
}

function encodeMembers(members: GoMap): Record<string, WireValue> {
  return Object.fromEntries(Object.entries(members).map(([key, value]) => [key, encodeValue(value)]));
}

/** The functions of the Go program. */
export const functions: FunctionTable = {
  takeString: goFunction(["string"], "string", (_, text) => `s:${text}`),
  takeInt: goFunction(["int"], "int", (_, { value }) => int(BigInt.asIntN(64, value + 1n))),
  takeInt64: goFunction(["int64"], "int64", (_, { value }) => int64(BigInt.asIntN(64, value * 2n))),
  takeUint8: goFunction(["uint8"], "uint8", (_, value) => value),
  takeFloat: goFunction(["float64"], "float64", (_, value) => value / 2),
  takeBool: goFunction(["bool"], "bool", (_, value) => !value),
  takeMap: goFunction(["map[string]any"], "int", (_, map) => int(Object.keys(map ?? {}).length)),
  takeList: goFunction(["[]any"], "int", (_, list) => int(list?.length ?? 0)),
  takeTexts: goFunction(["[]string"], "string", (_, list) => (list ?? []).join(",")),
  takeAny: goFunction(["any"], "any", (_, value) => value),
  typeName: goFunction(["any"], "string", (_, value) => (value === null ? "<nil>" : typeOf(value).name)),
  two: goFunction(["int", "string"], "string", (_, count, text) => text + count.toString()),
  list: goFunction(["...any"], "[]any", (_, ...items) => items),
  texts: goFunction(["...string"], "[]string", (_, ...items) => items),
  ints: goFunction(["...int"], "[]int", (_, ...items) => items),
  toBytes: goFunction(["string"], "[]byte", (_, text) => encodeGoString(text)),
  nothing: goFunction([], "any", () => null),
  fail: goFunction(["string"], "string", (_, text) => {
    throw new Error(text);
  }),
  explode: goFunction(["string"], "string", (_, text) => {
    throw new Error(`exploded: ${text}`);
  }),
  dict: goFunction(["...any"], "map[string]any", (_, ...items) => {
    const map: GoMap = {};
    for (let index = 0; index + 1 < items.length; index += 2) map[sprint([items[index]])] = items[index + 1];
    return map;
  }),
};
