import { startControlPlane, type ControlPlane } from "@eddy/control-plane";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openBed, type Bed } from "../bad-input/bed.ts";
import { Random } from "../random.ts";
import { openFleet, type Fleet } from "./fleet.ts";
import { incarnateHere, incarnateProcess, type Incarnate } from "./incarnation.ts";
import { killManyTimes } from "./kill-many-times.ts";

let plane: ControlPlane;
let bed: Bed;
let fleet: Fleet;

beforeAll(async () => {
  plane = await startControlPlane();
  bed = await openBed(plane.kubeconfig);
  fleet = await openFleet(bed);
});
afterAll(async () => {
  fleet.stop();
  await bed.close();
  await plane.stop();
});

describe("a server that dies again and again forgets nothing, and the next one converges", () => {
  const random = new Random(7);
  const points = new Set<string>();

  test.each(["first", "after that"])("%s", async () => {
    const isOver = (kills: number): boolean => kills >= 4;
    const report = await killManyTimes(bed, { fleet, random, incarnate: incarnateHere, isOver });
    expect(report.killed + report.finished).toBe(4);
    for (const point of report.points) points.add(point);
  });

  test("at ever other points", () => expect(points.size).toBeGreaterThan(5));
});

test("so does a process that is killed by SIGKILL", async () => {
  const incarnate = inTurn([incarnateProcess, incarnateHere]);
  const report = await killManyTimes(bed, {
    fleet,
    random: new Random(13),
    incarnate,
    isOver: (kills) => kills >= 1,
  });
  expect(report.killed).toBe(1);
});

function inTurn(lives: Incarnate[]): Incarnate {
  let turn = 0;
  return (...args) => (lives[turn++ % lives.length] as Incarnate)(...args);
}
