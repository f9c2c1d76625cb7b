import { describe, expect, test } from "vitest";
import { fakeClock } from "@eddy/core/clock";
import type { AppliedRecord } from "../apply/index.ts";
import { createDamper } from "./damper.ts";
import { determineDrift, type Drift } from "./determine-drift.ts";

const record: AppliedRecord = {
  ref: { group: "", kind: "ConfigMap", namespace: "ns", name: "a" },
  owner: { name: "o", namespace: "ns" },
  desiredHash: "h",
  uid: "u",
  resourceVersion: "99",
  fingerprint: "f",
  owned: { labels: [], annotations: [] },
  foreign: "None",
  unknownFields: [],
};

describe("determineDrift()", () => {
  const cases: [string, { uid?: string; resourceVersion: string } | undefined, string | undefined, Drift][] = [
    ["our own write", { uid: "u", resourceVersion: "99" }, "f", "Echo"],
    ["something before our own write", { uid: "u", resourceVersion: "98" }, "other", "Echo"],
    ["a status update", { uid: "u", resourceVersion: "100" }, "f", "Touched"],
    ["an edit", { uid: "u", resourceVersion: "100" }, "other", "Drifted"],
    ["another object of the same name", { uid: "v", resourceVersion: "98" }, "other", "Drifted"],
    ["its end", undefined, undefined, "Deleted"],
  ];
  test.each(cases)("%s", (_name, live, fingerprint, want) => {
    expect(determineDrift({ record, live: live && { name: "a", ...live }, fingerprint })).toBe(want);
  });
});

describe("createDamper()", () => {
  test("corrects five times at once, then ever more slowly, and forgives after a quiet time", () => {
    const clock = fakeClock();
    const damper = createDamper(clock);
    const delays = Array.from({ length: 9 }, () => {
      clock.advance(100);
      return damper.delayFor("a");
    });
    expect(delays).toEqual([0, 0, 0, 0, 0, 1_000, 2_000, 4_000, 8_000]);
    expect(damper.delayFor("b")).toBe(0);
    clock.advance(70_000);
    expect(damper.delayFor("a")).toBe(0);
  });

  test("never waits longer than five minutes", () => {
    const damper = createDamper(fakeClock());
    for (let index = 0; index < 50; index++) damper.delayFor("a");
    expect(damper.delayFor("a")).toBe(300_000);
  });
});
