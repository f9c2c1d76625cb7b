import { deepEqual, equal, match } from "node:assert/strict";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { findCondition } from "@eddy/core/conditions";
import { messageOf } from "@eddy/core/errors";
import { valueAt, type KubeObject } from "@eddy/core/object";
import { startGitServer, type GitServer } from "@eddy/git-server";
import { startInbox, type Inbox } from "@eddy/inbox";
import { connect, parseKubeconfig, resolveContext, type KubeClient } from "@eddy/kube";
import { startRealControlPlane } from "../real-control-plane.ts";
import type { Report } from "../suite.ts";
import { repositoryRoot } from "../upstream.ts";
import { run, runEddy, startEddy } from "./eddy-command.ts";
import { startFakeKubelet } from "./fake-kubelet.ts";
import { until } from "./sync-scenario.ts";

const name = "flux-system";
const kustomizations = { group: "kustomize.toolkit.fluxcd.io", kind: "Kustomization" };
const all = [
  "flux-system",
  "infrastructure",
  "notifications",
  "tenants",
  "team-a/config",
  "team-a/apps",
  "team-b/apps",
];

interface Fleet {
  kube: KubeClient;
  git: GitServer;
  inbox: Inbox;
  dir: string;
  kubeconfig: string;
  url: string;
}

/** The example's fleet on a real kube-apiserver with its controller manager, followed by the real command under lockdown. */
export async function followFleet(dir: string, report: Report): Promise<void> {
  const plane = await startRealControlPlane({ controllerManager: true });
  if (!plane) return report.skip("the fleet", "the real control plane is not built: npm run upstream");
  const kubeconfig = join(dir, "kubeconfig");
  writeFileSync(kubeconfig, plane.kubeconfig, { mode: 0o600 });
  const kube = connect(resolveContext(parseKubeconfig(plane.kubeconfig)));
  const kubelet = startFakeKubelet(kube);
  const git = await startGitServer({ dir: join(dir, "git") });
  const inbox = await startInbox();
  try {
    const { url } = await git.createRepository("fleet", filesOf(join(repositoryRoot, "examples/fleet")));
    await play(report, { kube, git, inbox, dir, kubeconfig, url });
  } finally {
    await inbox.stop();
    await git.stop();
    kubelet.stop();
    kube.close();
    await plane.stop();
  }
}

async function play(report: Report, fleet: Fleet): Promise<void> {
  const step = async (what: string, action: () => Promise<void>): Promise<void> => {
    try {
      await action();
      report.pass(`real: ${what}`);
    } catch (error) {
      report.fail(`real: ${what}`, messageOf(error));
    }
  };
  await install(fleet);
  const addresses = ["--storage-addr=127.0.0.1:0", "--storage-adv-addr=127.0.0.1", "--metrics-addr=", "--health-addr="];
  const lockdown = ["--no-cross-namespace-refs", "--default-service-account=default"];
  const words = ["server", "--kubeconfig", fleet.kubeconfig, `--storage-path=${join(fleet.dir, "storage")}`];
  const server = startEddy([...words, ...addresses, ...lockdown, "--events-addr=127.0.0.1:0", "--receiver-addr="]);
  try {
    for (const object of bootstrap(fleet)) await fleet.kube.apply(object, { fieldManager: "suite", force: true });
    await step("everything becomes ready, in its order", () => ready(fleet.kube));
    await step("variables and decrypted values are there", () => checkObjects(fleet.kube));
    await step("the platform's events are told", async () => void (await fleet.inbox.received(1, at("/platform"))));
    await step("a team that reaches too far is refused, is told, and holds nobody else", () => breach(fleet));
    await step("what was refused is taken back, and all is well", async () => {
      await fleet.git.commit("fleet", { files: { [breachPath]: null }, message: "Back" });
      await ask(fleet);
      await ready(fleet.kube);
    });
  } finally {
    await server.interrupt();
    server.kill();
  }
}

async function install({ kubeconfig, dir }: Fleet): Promise<void> {
  const exported = await runEddy(["install", "--export"]);
  equal(exported.code, 0, exported.stderr);
  const manifests = join(dir, "install.yaml");
  writeFileSync(manifests, exported.stdout);
  const kubectl = async (...args: string[]): Promise<void> => {
    const result = await run("kubectl", ["--kubeconfig", kubeconfig, ...args], { timeoutMs: 90_000 });
    equal(result.code, 0, result.stderr);
  };
  await kubectl("apply", "--server-side", "-f", manifests);
  await kubectl("wait", "--for=condition=Established", "crd", "--all", "--timeout=30s");
}

/** What the README says that a cluster of one's own needs. */
function bootstrap({ url, inbox }: Fleet): KubeObject[] {
  const metadata = { name, namespace: name };
  const group = "rbac.authorization.k8s.io";
  return [
    { apiVersion: "v1", kind: "ServiceAccount", metadata },
    {
      apiVersion: `${group}/v1`,
      kind: "ClusterRoleBinding",
      metadata: { name: "fleet" },
      roleRef: { apiGroup: group, kind: "ClusterRole", name: "cluster-admin" },
      subjects: [{ kind: "ServiceAccount", name, namespace: name }],
    },
    {
      apiVersion: "v1",
      kind: "ConfigMap",
      metadata: { name: "cluster", namespace: name },
      data: { repository_url: url, branch: "main", inbox_url: inbox.url },
    },
    {
      apiVersion: "source.toolkit.fluxcd.io/v1",
      kind: "GitRepository",
      metadata,
      spec: { interval: "1m", url, ref: { branch: "main" } },
    },
    {
      apiVersion: `${kustomizations.group}/v1`,
      kind: "Kustomization",
      metadata,
      spec: {
        interval: "10m",
        path: "./clusters/demo",
        prune: true,
        serviceAccountName: name,
        sourceRef: { kind: "GitRepository", name },
      },
    },
  ];
}

async function ready(kube: KubeClient): Promise<void> {
  await until(kube, kustomizations, "everything is ready", (objects) => {
    const names = objects.filter((object) => conditionOf(object)?.status === "True").map(shortName);
    return all.every((each) => names.includes(each));
  });
}

async function checkObjects(kube: KubeClient): Promise<void> {
  const web = await kube.get({ group: "apps", kind: "Deployment", namespace: "team-a", name: "web" });
  equal(valueAt(web, "spec", "replicas"), 2);
  equal(web.metadata.labels?.["team"], "team-a");
  const secret = await kube.get({ group: "", kind: "Secret", namespace: "team-a", name: "database" });
  deepEqual(secret["data"], {
    password: Buffer.from("correct-horse-battery-staple").toString("base64"),
    username: Buffer.from("web").toString("base64"),
  });
}

const breachPath = "teams/team-b/into-team-a.yaml";

async function breach(fleet: Fleet): Promise<void> {
  const file = readFileSync(join(repositoryRoot, "examples/breach/into-team-a.yaml"), "utf8");
  await fleet.git.commit("fleet", { files: { [breachPath]: file }, message: "Into team A" });
  await ask(fleet);
  await until(fleet.kube, kustomizations, "team B is refused", (objects) =>
    objects.some((object) => shortName(object) === "team-b/apps" && conditionOf(object)?.status === "False"),
  );
  const key = { ...kustomizations, namespace: "team-b", name: "apps" };
  match(conditionOf(await fleet.kube.get(key))?.message ?? "", /Forbidden.*system:serviceaccount:team-b:team-b/);
  await fleet.inbox.received(1, at("/team-b"));
  equal(fleet.inbox.messages().filter(at("/team-a")).length, 0);
  const settings = await fleet.kube.get({ group: "", kind: "ConfigMap", namespace: "team-a", name: "settings" });
  equal(valueAt(settings, "data", "greeting"), "Hello from team A");
}

/** Nobody tells the server of a commit here: it is asked to look. */
async function ask({ kubeconfig }: Fleet): Promise<void> {
  const words = ["reconcile", "source", "git", "team-b", "-n", "team-b", "--kubeconfig", kubeconfig];
  const asked = await runEddy(words);
  equal(asked.code, 0, asked.stderr);
}

function at(path: string): (message: { path: string }) => boolean {
  return (message) => message.path === path;
}

function shortName({ metadata }: KubeObject): string {
  return metadata.namespace === name ? metadata.name : `${metadata.namespace}/${metadata.name}`;
}

function conditionOf(object: KubeObject): { status: string; message: string } | undefined {
  const conditions = valueAt(object, "status", "conditions") as Parameters<typeof findCondition>[0];
  return findCondition(conditions, "Ready");
}

function filesOf(root: string): Record<string, string> {
  const entries = readdirSync(root, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const paths = entries.map((entry) => join(entry.parentPath, entry.name));
  return Object.fromEntries(paths.map((path) => [relative(root, path), readFileSync(path, "utf8")]));
}
