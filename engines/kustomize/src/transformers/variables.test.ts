import { assert, property, string } from "fast-check";
import { expect, test } from "vitest";
import { BuildBudget } from "../budget.ts";
import { defaultBuildLimits } from "../options.ts";
import { expandText, type VarValue } from "./variables.ts";

const budget = new BuildBudget(defaultBuildLimits);
const values = new Map<string, VarValue>([
  ["A", { type: "string", text: "one" }],
  ["N", { type: "integer", text: "5" }],
  ["L", { type: "other" }],
]);

test.each([
  ["$(A)", "string", "one"],
  ["$(N)", "integer", "5"],
  ["x-$(N)-$(A)", "string", "x-5-one"],
  ["$$(A)", "string", "$(A)"],
  ["$(NOBODY) $(L)", "string", "$(NOBODY) $(L)"],
  ["$(A", "string", "$(A"],
  ["$A $", "string", "$A $"],
])("expandText %s", (text, type, expanded) => {
  expect(expandText(text, values, new Set(), budget)).toEqual({ type, text: expanded });
});

test("texts without references stay", () => {
  const plain = string().filter((text) => !text.includes("$"));
  assert(
    property(plain, (text) => {
      expect(expandText(text, values, new Set(), budget).text).toBe(text);
    }),
  );
});
