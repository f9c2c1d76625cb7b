import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { messageOf } from "@eddy/core/errors";
import { startGitServer } from "@eddy/git-server";
import { connect, parseKubeconfig, resolveContext } from "@eddy/kube";
import { loadSample, startSampleCharts, type SampleCharts } from "@eddy/playground";
import { run, runEddy, startEddy } from "./end-to-end/eddy-command.ts";
import { startFakeKubelet } from "./end-to-end/fake-kubelet.ts";
import { syncScenario, type SyncWorld } from "./end-to-end/sync-scenario.ts";
import { startRealControlPlane } from "./real-control-plane.ts";
import type { Report, Suite } from "./suite.ts";

/** The README's first minute on a real kube-apiserver with its controller manager, by the real command. */
export const suite: Suite = {
  name: "end-to-end",
  summary: "install, follow the sample, push, roll back: the eddy command against the real kube-apiserver",
  async run(report) {
    const plane = await startRealControlPlane({ controllerManager: true });
    if (!plane) {
      report.skip("all steps", "the real control plane is not built: npm run upstream");
      return;
    }
    const dir = mkdtempSync(join(tmpdir(), "eddy-end-to-end-"));
    const kubeconfig = join(dir, "kubeconfig");
    writeFileSync(kubeconfig, plane.kubeconfig, { mode: 0o600 });
    const client = connect(resolveContext(parseKubeconfig(plane.kubeconfig)));
    const kubelet = startFakeKubelet(client);
    const git = await startGitServer({ dir: join(dir, "git") });
    const started: (() => void | Promise<void>)[] = [];
    try {
      const { url } = await git.createRepository("sample", loadSample());
      const charts = await startSampleCharts({}, started);
      await play(report, { client, kubeconfig, repositoryUrl: url, dir, asks: true }, charts);
    } finally {
      for (const stop of started.reverse()) await stop();
      kubelet.stop();
      client.close();
      await git.stop();
      await plane.stop();
      rmSync(dir, { recursive: true, force: true });
    }
  },
};

async function play(report: Report, world: SyncWorld, charts: SampleCharts): Promise<void> {
  const access = ["--kubeconfig", world.kubeconfig];
  const manifests = join(world.dir, "install.yaml");
  const repositories = join(world.dir, "repositories.json");
  const step = async (name: string, action: () => Promise<void>): Promise<void> => {
    try {
      await action();
      report.pass(name);
    } catch (error) {
      report.fail(name, messageOf(error));
    }
  };
  await step("install --export is accepted by the API server", async () => {
    const exported = await runEddy(["install", "--export"]);
    if (exported.code !== 0) throw new Error(exported.stderr);
    writeFileSync(manifests, exported.stdout);
    await kubectl(world, "apply", "--server-side", "-f", manifests);
    await kubectl(world, "wait", "--for=condition=Established", "crd", "--all", "--timeout=30s");
  });
  const server = startEddy([
    "server",
    ...access,
    `--storage-path=${join(world.dir, "storage")}`,
    "--storage-addr=127.0.0.1:0",
    "--storage-adv-addr=127.0.0.1",
    "--metrics-addr=",
    "--health-addr=",
  ]);
  try {
    const create = ["--namespace", "flux-system", ...access];
    await step("create source git waits until it is fetched", async () => {
      const words = [
        "create",
        "source",
        "git",
        "flux-system",
        "--url",
        world.repositoryUrl,
        "--branch",
        "main",
        "--interval",
        "1m",
      ];
      const created = await runEddy([...words, ...create]);
      if (created.code !== 0 || !created.stderr.includes("✔ fetched revision: main@sha1:"))
        throw new Error(created.stderr);
    });
    await step("the chart repositories of the sample are accepted", async () => {
      writeFileSync(repositories, JSON.stringify(chartRepositories(charts)));
      await kubectl(world, "apply", "--server-side", "-f", repositories);
    });
    await step("create kustomization waits until it is applied", async () => {
      const words = ["create", "kustomization", "flux-system", "--source", "GitRepository/flux-system"];
      const created = await runEddy([...words, "--path", "./clusters/demo", "--prune", "--interval", "10m", ...create]);
      if (created.code !== 0 || !created.stderr.includes("✔ applied revision main@sha1:"))
        throw new Error(created.stderr);
    });
    for (const { name, run: act } of syncScenario) await step(name, () => act(world));
    await step("delete kustomization prunes what it applied", async () => {
      const deleted = await runEddy(["delete", "kustomization", "flux-system", "--silent", ...create]);
      if (deleted.code !== 0) throw new Error(deleted.stderr);
      await kubectl(world, "wait", "--for=delete", "namespace/staging", "--timeout=60s");
    });
    await step("the server stops cleanly", async () => {
      const code = await server.interrupt();
      if (code !== 0) throw new Error(`exit code ${code}`);
    });
  } finally {
    server.kill();
  }
}

function chartRepositories({ repositoryUrl, registryUrl }: SampleCharts): object {
  const repository = (name: string, spec: object): object => ({
    apiVersion: "source.toolkit.fluxcd.io/v1",
    kind: "HelmRepository",
    metadata: { name, namespace: "flux-system" },
    spec,
  });
  return {
    apiVersion: "v1",
    kind: "List",
    items: [
      repository("charts", { interval: "1m", url: repositoryUrl }),
      repository("registry", { type: "oci", url: registryUrl, insecure: true }),
    ],
  };
}

async function kubectl(world: SyncWorld, ...args: string[]): Promise<void> {
  const result = await run("kubectl", ["--kubeconfig", world.kubeconfig, ...args], { timeoutMs: 90_000 });
  if (result.code !== 0) throw new Error(`kubectl ${args.join(" ")}: ${result.stderr}`);
}
