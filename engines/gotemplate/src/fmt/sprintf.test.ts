import { describe, expect, test } from "vitest";
import { structType, pointerTo } from "../value/go-type.ts";
import { Complex, type GoValue, Struct, tag } from "../value/go-value.ts";
import { int, int64, integer } from "../value/integer.ts";
import { formatFloat } from "./float.ts";
import { sprint } from "./sprint.ts";
import { sprintf } from "./sprintf.ts";
import { sprintln } from "./sprintln.ts";

const point = structType("main.Point", { X: "int", Label: "string" });
const struct = new Struct(point, { X: int(1), Label: "a" });
const shown = new Struct(structType("main.Shown", {}, { format: () => "shown" }));

type Row = [format: string, values: GoValue[], want: string];

describe("verbs", () => {
  test.each<Row>([
    ["%v %+v %#v", [struct, struct, struct], '{1 a} {X:1 Label:a} main.Point{X:1, Label:"a"}'],
    ["%v %s %d", [new Struct(pointerTo(point), struct.fields), shown, shown], "&{1 a} shown {}"],
    [
      "%v %+v %#v",
      [{ b: [1, null], a: "x" }, {}, { a: int(1) }],
      'map[a:x b:[1 <nil>]] map[] map[string]interface {}{"a":1}',
    ],
    ["%#v", [[null, "a", 1.5, true]], '[]interface {}{interface {}(nil), "a", 1.5, true}'],
    ["%v %d %s", [Uint8Array.of(104, 105), Uint8Array.of(1), Uint8Array.of(104, 105)], "[104 105] [1] hi"],
    ["%#v %x %X % x %#x", [Uint8Array.of(1), "hi", "hi", "hi", "hi"], "[]byte{0x1} 6869 6869 68 69 0x6869"],
    [
      "%T %T %T %T %T %T",
      [1, int(1), int64(1), "s", [], { a: 1 }],
      "float64 int int64 string []interface {} map[string]interface {}",
    ],
    ["%T %v %s %d", [null, null, null, null], "<nil> <nil> %!s(<nil>) %!d(<nil>)"],
    [
      "%d %5d|%-5d|%05d|%+d|% d",
      [int(42), int(42), int(42), int(42), int(42), int(42)],
      "42    42|42   |00042|+42| 42",
    ],
    [
      "%x %X %#x %o %#o %O %b %c %q %U %#U",
      Array.from({ length: 11 }, () => int(233)),
      "e9 E9 0xe9 351 0351 0o351 11101001 é 'é' U+00E9 U+00E9 'é'",
    ],
    ["%x %d", [int(-255), integer("uint8", 300)], "-ff 44"],
    ["%8.3d|%-8.3d|%.0d|%+.3d", [int(7), int(7), int(0), int(7)], "     007|007     ||+007"],
    [
      "%f %.2f %8.1f|%-8.1f|%08.1f|%+.1f",
      [1.5, 1.255, 1.55, 1.5, -1.5, 1.5],
      "1.500000 1.25      1.6|1.5     |-00001.5|+1.5",
    ],
    [
      "%e %E %g %G %.3g %v",
      [123456.789, 0.00012, 1e21, 1e-7, 1234.5, 1e20],
      "1.234568e+05 1.200000E-04 1e+21 1E-07 1.23e+03 1e+20",
    ],
    ["%.0f %.0f %.0f %.0f", [0.5, 1.5, 2.5, -0.5], "0 2 2 -0"],
    ["%x %b %#g %6.2f%%", [1.5, 1.0, 1.0, 99.5], "0x1.8p+00 4503599627370496p-52 1.00000  99.50%"],
    ["%v %v %v %5.1f|", [Number.NaN, Infinity, -Infinity, Infinity], "NaN +Inf -Inf  +Inf|"],
    ["%v %.1f", [new Complex(1, -2), new Complex(0, 1)], "(1-2i) (0.0+1.0i)"],
    ["%t %v %5t|", [true, false, true], "true false  true|"],
    ["%s|%5s|%-5s|%.2s|%5.1s|%05s", ["abc", "é", "é", "日本語", "xyz", "ab"], "abc|    é|é    |日本|    x|000ab"],
    ["%q %+q %#q %#q %q", ['é\n"', "é", "a`b", "ab", "\udcff"], '"é\\n\\"" "\\u00e9" "a`b" `ab` "\\xff"'],
    ["%s %v", [["a", "b"], tag(["a"], "[]string")], "[a b] [a]"],
    [
      "%q %d",
      [
        ["a", "b"],
        [int(1), "x"],
      ],
      '["a" "b"] [1 %!d(string=x)]',
    ],
    ["%6.2f|%d", [[1.5, 2], { a: int(1) }], "[  1.50   2.00]|map[%!d(string=a):1]"],
  ])("%s", (format, values, want) => {
    expect(sprintf(format, values)).toBe(want);
  });
});

describe("what does not fit is shown", () => {
  test.each<Row>([
    ["%d", ["x"], "%!d(string=x)"],
    ["%s", [int(1)], "%!s(int=1)"],
    ["%s", [1.5], "%!s(float64=1.5)"],
    ["%d", [1], "%!d(float64=1)"],
    ["%t", ["x"], "%!t(string=x)"],
    ["%z", [int(1)], "%!z(int=1)"],
    ["%d %d", [int(1)], "1 %!d(MISSING)"],
    ["%d", [int(1), "a", null], "1%!(EXTRA string=a, <nil>)"],
    ["x", [1], "x%!(EXTRA float64=1)"],
    ["%", [], "%!(NOVERB)"],
    ["%!", [], "%!!(MISSING)"],
    ["%-", [int(1)], "%!(NOVERB)%!(EXTRA int=1)"],
    ["%*d|%-*d|%.*f", [int(5), int(1), int(3), int(2), int(1), 2.55], "    1|2  |2.5"],
    ["%*d", ["x", int(1)], "%!(BADWIDTH)1"],
    ["%.*d", [int(-1), int(1)], "%!(BADPREC)1"],
    ["%[2]d %[1]d", [int(1), int(2)], "2 1"],
    ["%[3]d", [int(1)], "%!d(BADINDEX)"],
    ["%[x]d", [int(1)], "%!d(BADINDEX)"],
    ["%[2]*[1]d", [int(1), int(3)], "  1"],
    ["%[1]d %d", [int(1), int(2)], "1 2"],
    ["%w", ["x"], "%!w(string=x)"],
    ["%p", [int(1)], "%!p(int=1)"],
    ["%é", [int(1)], "%!é(int=1)"],
  ])("%s", (format, values, want) => {
    expect(sprintf(format, values)).toBe(want);
  });

  test("an address is refused: it would differ from run to run", () => {
    expect(() => sprintf("%p", [{}])).toThrow("print address of map[string]interface {}");
  });

  test("widths are announced before they are used", () => {
    const charged: number[] = [];
    sprintf("%1000d", [int(1)], (amount) => charged.push(amount));
    expect(charged).toContain(1000);
    expect(sprintf("%99999999d", [int(1)])).toBe("%!(NOVERB)%!(EXTRA int=1)");
  });
});

test("Print puts spaces between operands that are no strings, Println between all", () => {
  expect(sprint([int(1), int(2), "a", "b", int(3)])).toBe("1 2ab3");
  expect(sprint([null, null])).toBe("<nil> <nil>");
  expect(sprintln([int(1), "a"])).toBe("1 a\n");
});

test.each([
  [0.1, "g", -1, "0.1"],
  [100000, "g", -1, "100000"],
  [1000000, "g", -1, "1e+06"],
  [123456789, "g", -1, "1.23456789e+08"],
  [0.0001, "g", -1, "0.0001"],
  [0.00001, "g", -1, "1e-05"],
  [-0, "g", -1, "-0"],
  [5e-324, "e", -1, "5e-324"],
  [2.5, "f", 0, "2"],
  [1.005, "f", 2, "1.00"],
  [123.456, "e", 2, "1.23e+02"],
  [99.99, "g", 2, "1e+02"],
  [0, "e", 3, "0.000e+00"],
] as const)("formatFloat(%d, %s, %d)", (value, format, precision, want) => {
  expect(formatFloat(value, format, precision)).toBe(want);
});

test("every digit of a large number is exact", () => {
  expect(formatFloat(Number.MAX_VALUE, "f", 0)).toBe(BigInt(Number.MAX_VALUE).toString());
});
