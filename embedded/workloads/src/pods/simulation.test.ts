import { expect, test } from "vitest";
import type { Pod } from "../frame/shapes.ts";
import { simulationOf } from "./simulation.ts";

const pod = (image: string, simulate?: string): Pod => ({
  apiVersion: "v1",
  kind: "Pod",
  metadata: { name: "p", ...(simulate === undefined ? {} : { annotations: { "eddy.sh/simulate": simulate } }) },
  spec: { containers: [{ name: "c", image }] },
});

test.for([
  ["example.org/app:1.0", undefined, "ready"],
  ["example.org/app", undefined, "ready"],
  ["example.org:5000/app", undefined, "ready"],
  ["example.org/crash:1", undefined, "ready"],
  ["example.org:5000/app:crash", undefined, "crash"],
  ["app:never-ready", undefined, "never-ready"],
  ["app:image-pull-error@sha256:00", undefined, "image-pull-error"],
  ["app:1", "crash", "crash"],
  ["app:crash", "ready", "ready"],
  ["app:1", "nonsense", "ready"],
] as const)("image %s with annotation %s is %s", ([image, simulate, want]) =>
  expect(simulationOf(pod(image, simulate))).toBe(want),
);
