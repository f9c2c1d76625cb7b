import type { KubeObject } from "@eddy/core/object";
import { expect, test } from "vitest";
import { convertObject } from "./convert.ts";

const scaler = (apiVersion: string, spec: object, status: object = {}): KubeObject => ({
  apiVersion,
  kind: "HorizontalPodAutoscaler",
  metadata: { name: "x" },
  spec,
  status,
});

test("a scaler's processor target is a metric in v2", () => {
  const v2 = convertObject(
    scaler("autoscaling/v1", { maxReplicas: 3, targetCPUUtilizationPercentage: 60 }),
    "autoscaling/v2",
  );
  expect(v2["spec"]).toEqual({
    maxReplicas: 3,
    metrics: [{ type: "Resource", resource: { name: "cpu", target: { type: "Utilization", averageUtilization: 60 } } }],
  });
  expect(convertObject(v2, "autoscaling/v1")["spec"]).toEqual({ maxReplicas: 3, targetCPUUtilizationPercentage: 60 });
});

test("an event is the same under both groups", () => {
  const core: KubeObject = {
    apiVersion: "v1",
    kind: "Event",
    metadata: { name: "x" },
    involvedObject: { name: "p" },
    message: "m",
    source: {},
    count: 2,
    reason: "R",
    reportingComponent: "",
    reportingInstance: "",
  };
  const other = convertObject(core, "events.k8s.io/v1");
  expect(other).toMatchObject({
    apiVersion: "events.k8s.io/v1",
    regarding: { name: "p" },
    note: "m",
    deprecatedCount: 2,
    reason: "R",
  });
  expect(other).not.toHaveProperty("message");
  expect(convertObject(other, "v1")).toEqual(core);
});

test("other kinds only change their apiVersion, and nothing changes in place", () => {
  const widget: KubeObject = { apiVersion: "example.com/v1", kind: "W", metadata: { name: "x" }, spec: { a: 1 } };
  expect(convertObject(widget, "example.com/v2")).toEqual({ ...widget, apiVersion: "example.com/v2" });
  expect(convertObject(widget, "example.com/v1")).toBe(widget);
});
