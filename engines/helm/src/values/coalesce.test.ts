import { describe, expect, it } from "vitest";
import type { HelmDialect } from "../dialect.ts";
import { coalesceTables, coalesceValues, mergeTables, type ValuesChart } from "./coalesce.ts";
import type { Values } from "./values.ts";

function chartOf(name: string, values: Values, ...dependencies: ValuesChart[]): ValuesChart {
  return { metadata: { name }, values, dependencies };
}

interface Row {
  name: string;
  chart: ValuesChart;
  given: Values;
  want: Values;
  /** Where Helm 3 differs. */
  helm3?: Values;
}

const sub = (values: Values): ValuesChart => chartOf("sub", values);

const rows: Row[] = [
  { name: "user over default", chart: chartOf("a", { x: 1, y: 2 }), given: { x: 9 }, want: { x: 9, y: 2 } },
  {
    name: "tables merge",
    chart: chartOf("a", { t: { x: 1, y: 2 } }),
    given: { t: { y: 9 } },
    want: { t: { x: 1, y: 9 } },
  },
  { name: "lists are replaced", chart: chartOf("a", { l: [1, 2] }), given: { l: [3] }, want: { l: [3] } },
  {
    name: "a null removes a default",
    chart: chartOf("a", { x: 1, t: { y: 2, z: 3 } }),
    given: { x: null, t: { y: null } },
    want: { t: { z: 3 } },
  },
  { name: "a null for nothing stays", chart: chartOf("a", {}), given: { x: null }, want: { x: null } },
  {
    name: "a null of the chart itself",
    chart: chartOf("a", { x: null, t: { y: null } }),
    given: {},
    want: { t: {} },
    helm3: { x: null, t: { y: null } },
  },
  {
    name: "parent over child",
    chart: chartOf("a", { sub: { x: 2 } }, sub({ x: 1, y: 1 })),
    given: {},
    want: { sub: { x: 2, y: 1, global: {} } },
  },
  {
    name: "user over parent over child",
    chart: chartOf("a", { sub: { x: 2, y: 2 } }, sub({ x: 1, y: 1, z: 1 })),
    given: { sub: { x: 3 } },
    want: { sub: { x: 3, y: 2, z: 1, global: {} } },
  },
  {
    name: "globals go down",
    chart: chartOf("a", { global: { g: 1 } }, sub({ global: { g: 9, h: 2 } })),
    given: {},
    want: { global: { g: 1 }, sub: { global: { g: 1, h: 2 } } },
  },
  {
    name: "a scalar over a table wins",
    chart: chartOf("a", { t: { x: 1 } }),
    given: { t: "text" },
    want: { t: "text" },
  },
  {
    name: "a table over a scalar wins",
    chart: chartOf("a", { t: "text" }),
    given: { t: { x: 1 } },
    want: { t: { x: 1 } },
  },
  {
    name: "keys that every object has",
    chart: chartOf("a", { constructor: 1, toString: { a: 1 } }),
    given: { toString: { b: 2 } },
    want: { constructor: 1, toString: { a: 1, b: 2 } },
  },
];

describe("coalesceValues", () => {
  it.each(rows)("$name", ({ chart, given, want, helm3 }) => {
    for (const [dialect, expected] of [
      ["helm4", want],
      ["helm3", helm3 ?? want],
    ] as [HelmDialect, Values][]) {
      expect(coalesceValues(chart, given, { dialect })).toEqual(expected);
    }
  });

  it("changes neither the chart nor the user's values", () => {
    const chart = chartOf("a", { t: { x: 1 } }, sub({ y: 1 }));
    const given = { t: { z: 2 }, global: { g: { h: 1 } } };
    const before = JSON.stringify([chart, given]);
    coalesceValues(chart, given);
    expect(JSON.stringify([chart, given])).toBe(before);
  });

  it("refuses values of a sub-chart that are no table", () => {
    expect(() => coalesceValues(chartOf("a", {}, sub({})), { sub: "text" })).toThrow(
      "type mismatch on sub: %!t(string=text)",
    );
  });

  it("tells what it does not take over", () => {
    const warnings: string[] = [];
    const onWarning = (message: string): void => void warnings.push(message);
    coalesceValues(chartOf("a", { t: "x", u: { a: 1 } }), { t: { b: 1 }, u: { a: { c: 1 } } }, { onWarning });
    expect(warnings).toEqual([
      "warning: skipped value for a.t: Not a table.",
      "warning: destination for a.u.a is a table. Ignoring non-table value (1)",
    ]);
  });
});

describe("tables", () => {
  it("coalesceTables: a null removes", () =>
    expect(coalesceTables({ a: null, b: { c: null } }, { a: 1, b: { c: 2, d: 3 } })).toEqual({ b: { d: 3 } }));
  it("mergeTables: a null stays", () =>
    expect(mergeTables({ a: null, b: { c: null } }, { a: 1, b: { c: 2, d: 3 } })).toEqual({
      a: null,
      b: { c: null, d: 3 },
    }));
});
