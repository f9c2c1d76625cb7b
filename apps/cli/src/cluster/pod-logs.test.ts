import { fakeClock } from "@eddy/core/clock";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startCliBed, type CliBed } from "../testing/cli-bed.ts";
import { followLogs } from "./pod-logs.ts";

const lines = ["2026-01-01T00:00:00.1Z one", "2026-01-01T00:00:00.2Z two"];
const asked: (number | undefined)[] = [];

let bed: CliBed;
beforeAll(async () => {
  bed = await startCliBed({
    podLogs(request) {
      asked.push(request.tailLines);
      return lines.map((line) => `${request.timestamps ? line : line.slice(line.indexOf(" ") + 1)}\n`);
    },
  });
  await bed.namespace("flux-system");
  const labels = { app: "eddy-server" };
  const template = { metadata: { labels }, spec: { containers: [{ name: "manager", image: "eddy" }] } };
  const metadata = { name: "eddy-server", namespace: "flux-system", labels: { "app.kubernetes.io/part-of": "flux" } };
  await bed.kube.create({
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata,
    spec: { selector: { matchLabels: labels }, template },
  });
  await bed.kube.create({
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name: "eddy-server-1", namespace: "flux-system", labels },
    spec: template.spec,
  });
});
afterAll(() => bed.stop());

test("logs reads the pods of the installation", async () => {
  const entry = {
    ts: "t",
    level: "info",
    msg: "done",
    controllerKind: "Kustomization",
    name: "app",
    namespace: "team",
  };
  lines.push(`2026-01-01T00:00:00.3Z ${JSON.stringify(entry)}`);
  const { stdout, code } = await bed.run("team", "logs --tail 10");
  expect(stdout).toBe("t info Kustomization/app.team - done \n");
  expect(code).toBe(0);
  expect(asked.at(-1)).toBe(10);
  lines.pop();
});

test("following tells each line once, also when the server repeats them", async () => {
  const clock = fakeClock();
  const stop = new AbortController();
  const seen: string[] = [];
  const following = followLogs(bed.kube, { namespace: "flux-system" }, { clock, signal: stop.signal }, (line) => {
    seen.push(line);
    if (line === "three") stop.abort();
  });
  while (seen.length < 2 || clock.pending() === 0) await new Promise((resolve) => setImmediate(resolve));
  lines.push("2026-01-01T00:00:00.3Z three");
  clock.advance(1_000);
  await following;
  expect(seen).toEqual(["one", "two", "three"]);
});
