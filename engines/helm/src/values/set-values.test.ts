import { assert, constantFrom, property, array } from "fast-check";
import { describe, expect, it } from "vitest";
import { HelmError } from "../error.ts";
import { setFileValues, setJsonValues, setLiteralValues, setStringValues, setValues } from "./set-values.ts";
import type { Values } from "./values.ts";

function applied(apply: (text: string, into: Values) => void, text: string, into: Values = {}): Values {
  apply(text, into);
  return into;
}

function thrownBy(action: () => unknown): unknown {
  try {
    action();
    return undefined;
  } catch (error) {
    return error;
  }
}

describe("--set", () => {
  it.each<[string, Values]>([
    ["a=1", { a: 1n }],
    ["a=-5,b=x", { a: -5n, b: "x" }],
    ["a=0123,b=0,c=1.5", { a: "0123", b: 0n, c: "1.5" }],
    ["a=true,b=FALSE,c=null,d=Null", { a: true, b: false, c: null, d: null }],
    ["a.b.c=x", { a: { b: { c: "x" } } }],
    ["a={x,1,true}", { a: ["x", 1n, true] }],
    ["a={}", { a: [""] }],
    ["a[0].b=1,a[1]=2", { a: [{ b: 1n }, 2n] }],
    ["a[2]=x", { a: [null, null, "x"] }],
    ["a[0][1]=x", { a: [[null, "x"]] }],
    ["a\\.b=1", { "a.b": 1n }],
    ["a=x\\,y", { a: "x,y" }],
    ["a=", { a: "" }],
    ["a=9223372036854775807", { a: 9223372036854775807n }],
    ["a=9223372036854775808", { a: "9223372036854775808" }],
    ["", {}],
  ])("%s", (text, want) => expect(applied(setValues, text)).toEqual(want));

  it("changes what is there, and keeps the rest", () => {
    const values: Values = { a: { b: "old", keep: "yes" }, list: ["x", "y"] };
    expect(applied(setValues, "a.b=new,list[1]=z", values)).toEqual({ a: { b: "new", keep: "yes" }, list: ["x", "z"] });
  });

  it.each([
    ["a", 'key "a" has no value'],
    ["a,b=1", 'key "a" has no value (cannot end with ,)'],
    ["a[-1]=1", "negative -1 index not allowed"],
    ["a[x]=1", 'error parsing index: strconv.Atoi: parsing "x": invalid syntax'],
    ["a[70000]=1", "index of 70000 is greater than maximum supported index of 65536"],
    ["a[0]b=1", 'unexpected data at end of array index: "b"'],
    ["a={x", "list must terminate with '}'"],
    [`${"a.".repeat(40)}b=1`, "value name nested level is greater than maximum supported nested level of 30"],
  ])("%s is refused", (text, message) => expect(() => applied(setValues, text)).toThrow(message));

  it("says what stands in the way, as Go does", () => {
    expect(() => applied(setValues, "a.b=1", { a: 1 })).toThrow(
      "unable to parse key: interface conversion: interface {} is float64, not map[string]interface {}",
    );
  });

  it("never throws anything else, whatever the text", () => {
    const pieces = constantFrom("a", ".", "[", "0", "]", "=", ",", "{", "}", "\\", "1", "null", "é");
    assert(
      property(array(pieces, { maxLength: 12 }), (parts) => {
        const error = thrownBy(() => applied(setValues, parts.join("")));
        return error === undefined || error instanceof HelmError;
      }),
    );
  });
});

describe("its relatives", () => {
  it("--set-string keeps text", () =>
    expect(applied(setStringValues, "a=1,b={1,x}")).toEqual({ a: "1", b: ["1", "x"] }));
  it("--set-literal takes all that follows", () =>
    expect(applied(setLiteralValues, "a.b=x,y={z}\\n")).toEqual({ a: { b: "x,y={z}\\n" } }));
  it("--set-file reads", () =>
    expect(applied((text, into) => setFileValues(text, into, (path) => `<${path}>`), "a=x.txt,b=y")).toEqual({
      a: "<x.txt>",
      b: "<y>",
    }));
  it.each<[string, Values]>([
    ['a=[1,"x"],b={"c":null}', { a: [1, "x"], b: { c: null } }],
    ["a=", { a: null }],
    ['{"a":{"b":1}}', { a: { b: 1, old: true } }],
  ])("--set-json %s", (text, want) => {
    const values: Values = text.startsWith("{") ? { a: { old: true } } : {};
    expect(setJsonValues(text, values)).toEqual(want);
  });
  it.each(["{1}", "a={", "a=nope"])("--set-json %s is refused", (text) =>
    expect(() => setJsonValues(text, {})).toThrow(HelmError),
  );
});
