import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startControlPlane } from "@eddy/control-plane";
import type { KubeObject } from "@eddy/core/object";
import { connect, parseKubeconfig, resolveContext } from "@eddy/kube";
import type { Report, SuiteOptions } from "../suite.ts";
import { runEddy, runFlux, type CommandPlace } from "./run-both.ts";

const entry = (more: object): string =>
  `${JSON.stringify({ level: "info", ts: "2026-01-01T00:00:00.000Z", msg: "done", controller: "kustomization", ...more })}\n`;

/** What two pods logged, by the pod's name. */
const logs: Readonly<Record<string, readonly string[]>> = {
  "kustomize-1": [
    "starting\n",
    entry({ controllerKind: "Kustomization", name: "app", namespace: "team" }),
    entry({ level: "error", controllerKind: "Kustomization", name: "bad", namespace: "team", error: "no such file" }),
    entry({ controllerKind: "Kustomization", name: "app", namespace: "other" }),
    entry({ "reconciler kind": "Kustomization", name: "old", namespace: "team" }),
    entry({ msg: "without an object" }),
  ],
  "source-1": [entry({ level: "debug", controllerKind: "GitRepository", name: "app", namespace: "team" })],
};

const commands = [
  "logs -A",
  "logs",
  "logs -n team",
  "logs -A --level error",
  "logs -A --kind gitrepository",
  "logs -A --kind Kustomization --name APP",
  "logs -A --tail 1",
  "logs -A --since 5m",
  "logs -A --since-time 2026-01-01T00:00:00Z",
  "logs -A --since-time yesterday",
  "logs -A --since 5m --since-time 2026-01-01T00:00:00Z",
  "logs -A --level loud",
  "logs -A --flux-namespace nowhere",
  "logs something",
];

/** `logs` of both, on the embedded control plane: behind the real one no kubelet has any. */
export async function compareLogs(flux: string, report: Report, { filter }: SuiteOptions): Promise<void> {
  const plane = await startControlPlane({
    podLogs: ({ pod, tailLines }) => (logs[pod.metadata.name] ?? []).slice(-(tailLines ?? 100)),
  });
  const dir = mkdtempSync(join(tmpdir(), "eddy-flux-logs-"));
  const place: CommandPlace = { flux, kubeconfig: join(dir, "kubeconfig"), dir };
  writeFileSync(place.kubeconfig, plane.kubeconfig);
  const kube = connect(resolveContext(parseKubeconfig(plane.kubeconfig)));
  try {
    await kube.create({ apiVersion: "v1", kind: "Namespace", metadata: { name: "flux-system" } });
    for (const object of ["kustomize", "source"].flatMap(controller)) await kube.create(object);
    for (const command of commands) {
      if (filter !== undefined && !command.includes(filter)) continue;
      const [theirs, ours] = [await runFlux(command.split(" "), place), await runEddy(command.split(" "), place)];
      const isSame = theirs.code === ours.code && theirs.stdout === ours.stdout;
      if (command === commands[0] && theirs.stdout === "") throw new Error("flux found no logs: nothing is compared");
      if (isSame) report.pass(command);
      else report.fail(command, `theirs ${JSON.stringify(theirs)}\nours ${JSON.stringify(ours)}`);
    }
  } finally {
    kube.close();
    await plane.stop();
    rmSync(dir, { recursive: true, force: true });
  }
}

function controller(name: string): KubeObject[] {
  const labels = { app: name };
  const spec = { containers: [{ name: "manager", image: "example/manager" }] };
  const partOf = { "app.kubernetes.io/part-of": "flux" };
  return [
    {
      apiVersion: "apps/v1",
      kind: "Deployment",
      metadata: { name, namespace: "flux-system", labels: partOf },
      spec: { replicas: 0, selector: { matchLabels: labels }, template: { metadata: { labels }, spec } },
    },
    { apiVersion: "v1", kind: "Pod", metadata: { name: `${name}-1`, namespace: "flux-system", labels }, spec },
  ];
}
