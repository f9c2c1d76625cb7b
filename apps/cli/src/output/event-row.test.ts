import { expect, test } from "vitest";
import { eventRow, eventTimeMs, type KubeEvent } from "./event-row.ts";

const nowMs = Date.parse("2026-01-01T01:00:00Z");
const event: KubeEvent = {
  apiVersion: "v1",
  kind: "Event",
  metadata: { name: "e", namespace: "team" },
  involvedObject: { kind: "Kustomization", name: "app" },
  type: "Normal",
  reason: "Progressing",
  message: "Deployment/team/web configured",
};
const [first, last] = ["2026-01-01T00:00:00Z", "2026-01-01T00:55:00Z"];

test.each([
  { name: "once", times: { firstTimestamp: last, lastTimestamp: last, count: 1 }, want: "5m" },
  { name: "several times", times: { firstTimestamp: first, lastTimestamp: last, count: 3 }, want: "5m (x3 over 60m)" },
  {
    name: "a series",
    times: { eventTime: first, series: { count: 4, lastObservedTime: last } },
    want: "5m (x4 over 60m)",
  },
  { name: "an event time alone", times: { eventTime: last, firstTimestamp: null }, want: "5m" },
  { name: "no time", times: {}, want: "<unknown>" },
])("last seen: $name", ({ times, want }) => {
  expect(eventRow({ ...event, ...times }, false, nowMs)).toEqual([
    want,
    "Normal",
    "Progressing",
    "Kustomization/app",
    "Deployment/team/web configured",
  ]);
});

test("the namespace comes first where it is shown", () => {
  expect(eventRow(event, true, nowMs)[0]).toBe("team");
});

test("events are ordered by when they were last seen", () => {
  expect(eventTimeMs({ ...event, lastTimestamp: last })).toBe(Date.parse(last));
  expect(eventTimeMs({ ...event, lastTimestamp: first, series: { count: 2, lastObservedTime: last } })).toBe(
    Date.parse(last),
  );
  expect(eventTimeMs(event)).toBe(0);
});
