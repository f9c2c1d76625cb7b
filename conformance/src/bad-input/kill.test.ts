import { startControlPlane, type ControlPlane } from "@eddy/control-plane";
import { afterAll, beforeAll, expect, test } from "vitest";
import { Random } from "../random.ts";
import { openBed, type Bed } from "./bed.ts";
import { killManyTimes } from "./kill-world.ts";

let plane: ControlPlane;
let bed: Bed;

beforeAll(async () => {
  plane = await startControlPlane();
  bed = await openBed(plane.kubeconfig);
}, 40_000);
afterAll(async () => {
  await bed.close();
  await plane.stop();
});

test("a process that is killed again and again forgets nothing, and the next one converges", async () => {
  const report = await killManyTimes(bed, new Random(7), (kills) => kills >= 10);
  expect(report.killed + report.finished).toBe(10);
  expect(new Set(report.points).size).toBeGreaterThan(3);
}, 60_000);
