import { describe, expect, it } from "vitest";
import { matchesLabels, parseSelector, selectorOf } from "./index.ts";

describe("parseSelector()", () => {
  it.each([
    ["", { app: "web" }, true],
    ["app=web", { app: "web" }, true],
    ["app==web", { app: "api" }, false],
    ["app!=web", { app: "api" }, true],
    ["app!=web", {}, true],
    ["app", { app: "" }, true],
    ["!app", { app: "web" }, false],
    ["app in (web, api)", { app: "api" }, true],
    ["app notin (web,api)", { app: "db" }, true],
    ["app in (web,api),tier=front", { app: "web", tier: "front" }, true],
    ["tier=front,app in (web,api),!legacy", { app: "web", tier: "front", legacy: "1" }, false],
    ["app.kubernetes.io/part-of=flux", { "app.kubernetes.io/part-of": "flux" }, true],
    ["weight>3", { weight: "4" }, true],
    ["weight<3", { weight: "4" }, false],
    ["empty=", { empty: "" }, true],
  ])("%j on %o is %s", (text, labels, want) => {
    expect(matchesLabels(parseSelector(text), labels as Record<string, string>)).toBe(want);
  });

  it.each(["a b", "=x", "a=b c", "a in (b", "a!b", "-a=b", "a=-b"])("refuses %j", (text) => {
    expect(() => parseSelector(text)).toThrow("unable to parse requirement");
  });
});

describe("selectorOf()", () => {
  it("joins matchLabels and matchExpressions", () => {
    const requirements = selectorOf({
      matchLabels: { app: "web" },
      matchExpressions: [{ key: "tier", operator: "NotIn", values: ["test"] }],
    });
    expect(matchesLabels(requirements, { app: "web", tier: "front" })).toBe(true);
    expect(matchesLabels(requirements, { app: "web", tier: "test" })).toBe(false);
  });
});
