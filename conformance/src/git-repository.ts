import { execFileSync, spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, openSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { crdOf, gitRepositoryKind, sourceGroup, type GitRepository } from "@eddy/api";
import { delay, systemClock } from "@eddy/core/clock";
import { findCondition } from "@eddy/core/conditions";
import { messageOf } from "@eddy/core/errors";
import { silentLogger } from "@eddy/core/log";
import { createMasker } from "@eddy/core/secrets";
import { startControlPlane } from "@eddy/control-plane";
import { loadDocuments } from "@eddy/goyaml";
import type { KubeObject } from "@eddy/core/object";
import { startGitServer, type GitServer } from "@eddy/git-server";
import { connect, parseKubeconfig, resolveContext, type KubeClient } from "@eddy/kube";
import { createArtifactStore } from "@eddy/runtime/artifact";
import { createCaches, defaultSettings } from "@eddy/runtime/controller";
import { createEventBus } from "@eddy/runtime/events";
import { createMetricsRegistry } from "@eddy/runtime/metrics";
import { startSourceControllers } from "@eddy/source-controller";
import type { Report, Suite, SuiteOptions } from "./suite.ts";
import { repositoryRoot, upstreamProgram } from "./upstream.ts";

/** One GitRepository and what it meets. */
interface Scenario {
  name: string;
  spec: Partial<GitRepository["spec"]>;
  secret?: Record<string, string>;
  /** Something that is done once the first state was compared, for a second one. */
  next?: Partial<GitRepository["spec"]>;
  /** Why ours differs. */
  differs?: string;
}

/** What there is to fetch. */
interface Repositories {
  plain: string;
  secured: string;
  empty: string;
  commit: string;
  nowhere: string;
}

async function createRepositories(open: GitServer, secured: GitServer): Promise<Repositories> {
  const files = { "deploy/app.yaml": "a: 1\n", "README.md": "x", ".sourceignore": "*.md\n" };
  const { url, commit = "" } = await open.createRepository("plain", files);
  await open.tag("plain", "v1.0.0", { target: commit });
  await open.tag("plain", "v1.1.0", { target: commit, message: "release" });
  await open.tag("plain", "v2.0.0-rc.1", { target: commit });
  return {
    plain: url,
    commit,
    secured: (await secured.createRepository("secured", files)).url,
    empty: (await open.createRepository("empty", {})).url,
    nowhere: `${open.url}/nowhere.git`,
  };
}

function scenarios({ plain, secured, empty, commit, nowhere }: Repositories): Scenario[] {
  const main = { branch: "main" };
  return [
    { name: "branch", spec: { url: plain, ref: main }, next: { ignore: "*.yaml" } },
    { name: "default branch that is not there", spec: { url: plain } },
    { name: "tag", spec: { url: plain, ref: { tag: "v1.0.0" } } },
    { name: "annotated tag", spec: { url: plain, ref: { tag: "v1.1.0" } } },
    { name: "tag that is not there", spec: { url: plain, ref: { tag: "v9" } } },
    { name: "range", spec: { url: plain, ref: { semver: "1.x" } }, next: { ref: { semver: ">=1.0.0-0" } } },
    { name: "range without match", spec: { url: plain, ref: { semver: ">9" } } },
    { name: "commit", spec: { url: plain, ref: { commit } } },
    { name: "commit of a branch", spec: { url: plain, ref: { ...main, commit } } },
    { name: "commit that is not there", spec: { url: plain, ref: { commit: "1".repeat(40) } } },
    { name: "full name", spec: { url: plain, ref: { name: "refs/heads/main" } } },
    { name: "full name of an annotated tag", spec: { url: plain, ref: { name: "refs/tags/v1.1.0" } } },
    { name: "full name that is not there", spec: { url: plain, ref: { name: "refs/pull/1/head" } } },
    { name: "no repository", spec: { url: nowhere, ref: main } },
    { name: "empty repository", spec: { url: empty, ref: main } },
    {
      name: "nobody there",
      spec: { url: "http://127.0.0.1:1/x.git", ref: main },
      differs: "the reason of a failed connection is worded by Node, not by Go",
    },
    {
      name: "login",
      spec: { url: secured, ref: main, secretRef: { name: "login" } },
      secret: { username: "u", password: "secret-p" },
    },
    {
      name: "wrong login",
      spec: { url: secured, ref: main, secretRef: { name: "login" } },
      secret: { username: "u", password: "other-p" },
    },
    { name: "no login", spec: { url: secured, ref: main } },
    { name: "no Secret", spec: { url: secured, ref: main, secretRef: { name: "nowhere" } } },
    {
      name: "password alone",
      spec: { url: secured, ref: main, secretRef: { name: "login" } },
      secret: { password: "secret-p" },
    },
    {
      name: "key missing for SSH",
      spec: { url: "ssh://git@127.0.0.1/x", secretRef: { name: "login" } },
      secret: { known_hosts: "x" },
    },
    {
      name: "known hosts missing for SSH",
      spec: { url: "ssh://git@127.0.0.1/x", secretRef: { name: "login" } },
      secret: { identity: "x" },
    },
    { name: "sparse", spec: { url: plain, ref: main, sparseCheckout: ["./deploy"] } },
    { name: "sparse folder that is not there", spec: { url: plain, ref: main, sparseCheckout: ["nowhere"] } },
    {
      name: "include that is not there",
      spec: { url: plain, ref: main, include: [{ repository: { name: "nowhere" } }] },
    },
  ];
}

/** An API server with one of the two controllers. */
interface Side {
  kube: KubeClient;
  stop(): Promise<void>;
}

async function startSide(
  crds: readonly KubeObject[],
  startController: (kube: KubeClient, kubeconfig: string) => Promise<() => Promise<void>>,
): Promise<Side> {
  const plane = await startControlPlane({});
  const kube = connect(resolveContext(parseKubeconfig(plane.kubeconfig)));
  for (const crd of crds) await kube.apply(crd, { fieldManager: "conformance", force: true });
  await until(() => kube.resourceFor({ group: sourceGroup, kind: "GitRepository" }, { force: true }));
  const stopController = await startController(kube, plane.kubeconfig);
  return {
    kube,
    async stop() {
      await stopController();
      await plane.stop();
      kube.close();
    },
  };
}

/** The definitions that come with the controller's module; it does not start without all of them. */
function upstreamCrds(): KubeObject[] {
  const listed = execFileSync("go", ["list", "-m", "-f", "{{.Dir}}", "github.com/fluxcd/source-controller"], {
    cwd: join(repositoryRoot, ".cache/upstream/build/source-controller"),
    encoding: "utf8",
    env: { ...process.env, GOFLAGS: "-mod=mod" },
  });
  const folder = join(listed.trim(), "config/crd/bases");
  return readdirSync(folder).flatMap((file) =>
    loadDocuments(readFileSync(join(folder, file), "utf8")).map(({ value }) => value as unknown as KubeObject),
  );
}

async function startOurs(kube: KubeClient, folder: string): Promise<() => Promise<void>> {
  const environment = { kube, clock: systemClock, logger: silentLogger };
  const caches = createCaches({ ...environment, namespace: "" });
  const artifacts = createArtifactStore({ storagePath: join(folder, "ours"), advertisedAddress: "127.0.0.1:1" });
  const rest = { events: createEventBus(() => undefined), metrics: createMetricsRegistry(), masker: createMasker() };
  const started = startSourceControllers(
    { ...environment, ...rest, caches, random: () => 0.5, settings: defaultSettings },
    { artifacts, kinds: ["GitRepository"] },
  );
  const controllers = [...started.values()];
  await Promise.all(controllers.map(({ started }) => started));
  return async () => {
    await Promise.all(controllers.map((handle) => handle.stop()));
    caches.close();
  };
}

async function startTheirs(program: string, kubeconfig: string, folder: string): Promise<() => Promise<void>> {
  mkdirSync(join(folder, "theirs"));
  writeFileSync(join(folder, "kubeconfig"), kubeconfig, { mode: 0o600 });
  const log = openSync(join(folder, "log"), "w");
  const addresses = ["--storage-addr=127.0.0.1:0", "--metrics-addr=0", "--health-addr=0"];
  const child = spawn(
    program,
    [
      "--watch-all-namespaces",
      "--log-level=error",
      "--events-addr=",
      `--storage-path=${join(folder, "theirs")}`,
      "--storage-adv-addr=127.0.0.1:1",
      ...addresses,
    ],
    {
      env: {
        PATH: process.env["PATH"],
        HOME: folder,
        KUBECONFIG: join(folder, "kubeconfig"),
        RUNTIME_NAMESPACE: "default",
        TUF_ROOT: folder,
      },
      stdio: ["ignore", log, log],
    },
  );
  const ended = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  return async () => {
    child.kill();
    await ended;
  };
}

async function until<R>(look: () => Promise<R | undefined | false>, forMs = 30_000): Promise<R> {
  let last: unknown = "nothing yet";
  for (const end = performance.now() + forMs; performance.now() < end; await delay(systemClock, 50)) {
    try {
      const found = await look();
      if (found) return found;
    } catch (error) {
      last = error;
    }
  }
  throw new Error(`waited too long: ${messageOf(last)}`);
}

/** Creates the object of a scenario and resolves what a watcher sees once it has settled, and once more after `next`. */
async function observe(scenario: Scenario, number: number, { kube }: Side): Promise<unknown[]> {
  const namespace = `n${number}`;
  await kube.create({ apiVersion: "v1", kind: "Namespace", metadata: { name: namespace } });
  if (scenario.secret) {
    await kube.create({
      apiVersion: "v1",
      kind: "Secret",
      metadata: { name: "login", namespace },
      stringData: scenario.secret,
    });
  }
  const key = { group: sourceGroup, kind: "GitRepository", namespace, name: "app" };
  const object = { apiVersion: `${sourceGroup}/v1`, kind: "GitRepository", metadata: { name: "app", namespace } };
  await kube.create({ ...object, spec: { interval: "1h", ...scenario.spec } });
  const seen = [summary(await until(async () => settled(await kube.get<GitRepository>(key))))];
  if (scenario.next) {
    const { metadata } = await kube.patch(key, "merge", { spec: scenario.next as never });
    seen.push(summary(await until(async () => settled(await kube.get<GitRepository>(key), metadata.generation))));
  }
  await kube.delete(key);
  return seen;
}

function settled(object: GitRepository, generation = 1): GitRepository | undefined {
  const ready = findCondition(object.status?.conditions, "Ready");
  if (!ready || ready.status === "Unknown" || ready.observedGeneration !== generation) return undefined;
  return ready.status === "False" || object.status?.observedGeneration === generation ? object : undefined;
}

/** The status without what differs by nature: times, digests and sizes of other compressors. */
function summary({ metadata, status }: GitRepository): unknown {
  const { artifact, conditions, observedGeneration: _generation, ...rest } = status ?? {};
  return {
    finalizers: metadata.finalizers,
    conditions: (conditions ?? [])
      .map(({ type, status: is, reason, message }) => `${type}=${is}/${reason}: ${comparable(message)}`)
      .sort(),
    artifact: artifact && { path: artifact.path, revision: artifact.revision, url: artifact.url },
    observed: rest,
  };
}

/** Without what upstream repeats of a server's answer and of its own temporary folder. */
function comparable(message: string): string {
  return message.trimEnd().replace(/lstat \/\S+\/gitrepository-\S+?\//, "lstat ");
}

async function run(report: Report, options: SuiteOptions): Promise<void> {
  const program = upstreamProgram(options, "source-controller");
  if (program === undefined) return report.skip("git-repository", "source-controller is not built: npm run upstream");
  const folder = mkdtempSync(join(tmpdir(), "eddy-conformance-"));
  const open = await startGitServer({ dir: join(folder, "open"), now: () => 1_700_000_000_000 });
  const secured = await startGitServer({
    dir: join(folder, "secured"),
    credentials: { username: "u", password: "secret-p" },
  });
  const sides = [
    await startSide(upstreamCrds(), (_kube, kubeconfig) => startTheirs(program, kubeconfig, folder)),
    await startSide([crdOf(gitRepositoryKind)], (kube) => startOurs(kube, folder)),
  ];
  try {
    for (const [number, scenario] of scenarios(await createRepositories(open, secured)).entries()) {
      if (options.filter !== undefined && !scenario.name.includes(options.filter)) continue;
      const seen = await Promise.all(
        sides.map((side) => observe(scenario, number, side).catch((error: unknown) => messageOf(error))),
      );
      const [theirs = "", ours = ""] = seen.map((value) => JSON.stringify(value, null, 1));
      if (theirs === ours && scenario.differs !== undefined)
        report.fail(scenario.name, "does not differ any more: remove the reason");
      else if (theirs === ours) report.pass(scenario.name);
      else if (scenario.differs !== undefined) report.skip(scenario.name, scenario.differs);
      else report.fail(scenario.name, `theirs ${theirs}\nours ${ours}`);
    }
  } catch (error) {
    report.fail("git-repository", `${messageOf(error)}\n${readFileSync(join(folder, "log"), "utf8").slice(-2000)}`);
  } finally {
    for (const side of sides) await side.stop();
    await Promise.all([open.stop(), secured.stop()]);
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The same GitRepositories reconciled by Flux's source-controller and by ours, each on its own API server. */
export const suite: Suite = {
  name: "git-repository",
  summary: "status of GitRepositories against Flux's source-controller",
  run,
};
