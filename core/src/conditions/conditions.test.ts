import { describe, expect, it } from "vitest";
import { removeConditions, setCondition, type Condition } from "./index.ts";

const first = new Date("2026-01-01T00:00:00.500Z");
const later = new Date("2026-01-01T00:01:00Z");
const ready = { type: "Ready", status: "True", reason: "Succeeded", message: "ok" } as const;

describe("setCondition()", () => {
  const before: Condition[] = setCondition([], ready, { now: first, generation: 1 });

  it("writes the time to the second", () => {
    expect(before[0]?.lastTransitionTime).toBe("2026-01-01T00:00:00Z");
  });
  it("keeps the time of a condition that did not change, and takes the generation", () => {
    const after = setCondition(before, ready, { now: later, generation: 2 });
    expect(after).toEqual([{ ...ready, lastTransitionTime: "2026-01-01T00:00:00Z", observedGeneration: 2 }]);
  });
  it("moves the time when the message changed", () => {
    const after = setCondition(before, { ...ready, message: "still ok" }, { now: later });
    expect(after[0]?.lastTransitionTime).toBe("2026-01-01T00:01:00Z");
  });
  it("keeps the order of the others and the input as it was", () => {
    const two = setCondition(before, { ...ready, type: "Stalled" }, { now: later });
    expect(two.map((condition) => condition.type)).toEqual(["Ready", "Stalled"]);
    expect(before).toHaveLength(1);
    expect(removeConditions(two, "Ready").map((condition) => condition.type)).toEqual(["Stalled"]);
  });
});
