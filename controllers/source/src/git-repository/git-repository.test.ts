import { chmodSync, existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { crdOf, gitRepositoryKind, sourceGroup, type GitRepository } from "@eddy/api";
import { systemClock } from "@eddy/core/clock";
import { findCondition } from "@eddy/core/conditions";
import { silentLogger } from "@eddy/core/log";
import type { ObjectRef } from "@eddy/core/object";
import { createMasker } from "@eddy/core/secrets";
import { startControlPlane, type ControlPlane } from "@eddy/control-plane";
import { startGitServer, type GitServer } from "@eddy/git-server";
import { connect, parseKubeconfig, reflect, resolveContext, type KubeClient, type Reflection } from "@eddy/kube";
import { createArtifactStore, type ArtifactStore } from "@eddy/runtime/artifact";
import { createCaches, defaultSettings, type ControllerHandle } from "@eddy/runtime/controller";
import { createEventBus, type ControllerEvent } from "@eddy/runtime/events";
import { createMetricsRegistry } from "@eddy/runtime/metrics";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { startSourceController } from "../index.ts";

const files = { "deploy/app.yaml": "a: 1\n", "README.md": "hello\n", "logo.png": "x" };
let folder: string;
let plane: ControlPlane;
let kube: KubeClient;
let git: GitServer;
let secured: GitServer;
let artifacts: ArtifactStore;
let handle: ControllerHandle;
let watched: Reflection<GitRepository>;
const listeners = new Set<() => void>();
let stopController: () => Promise<void>;
const events: ControllerEvent[] = [];
let statusWrites = 0;
let sequence = 0;
let namespace: string;

async function startController(): Promise<void> {
  const counting: KubeClient = {
    ...kube,
    patch(key, ...rest) {
      if (key.kind === "GitRepository") statusWrites++;
      return kube.patch(key, ...rest);
    },
  };
  const environment = { clock: systemClock, logger: silentLogger, kube: counting };
  const caches = createCaches({ ...environment, namespace: "" });
  const bus = createEventBus((error) => {
    throw error;
  });
  bus.subscribe((event) => events.push(event));
  artifacts = createArtifactStore({
    storagePath: join(folder, "storage"),
    advertisedAddress: "source-controller.test.",
  });
  handle = startSourceController(
    {
      ...environment,
      caches,
      events: bus,
      metrics: createMetricsRegistry(),
      masker: createMasker(),
      random: () => 0.5,
      settings: { ...defaultSettings, minRetryDelayMs: 20, maxRetryDelayMs: 100, requeueDependencyMs: 50 },
    },
    { artifacts },
  );
  await handle.started;
  stopController = async () => {
    await handle.stop();
    caches.close();
  };
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "eddy-source-"));
  plane = await startControlPlane({});
  kube = connect(resolveContext(parseKubeconfig(plane.kubeconfig)));
  await kube.apply(crdOf(gitRepositoryKind), { fieldManager: "test", force: true });
  git = await startGitServer({ dir: join(folder, "git") });
  secured = await startGitServer({
    dir: join(folder, "secured"),
    credentials: { username: "eddy", password: "correct-horse" },
  });
  watched = reflect<GitRepository>(kube, { group: sourceGroup, kind: "GitRepository" }, {}, () => {
    for (const look of listeners) look();
  });
  await watched.synced;
  await startController();
});

afterAll(async () => {
  watched.stop();
  await stopController();
  await Promise.all([git.stop(), secured.stop(), plane.stop()]);
  kube.close();
  rmSync(folder, { recursive: true, force: true });
});

beforeEach(async () => {
  namespace = `ns-${sequence++}`;
  events.length = 0;
  await kube.create({ apiVersion: "v1", kind: "Namespace", metadata: { name: namespace } });
});

/** Resolves when the watched object is as wanted (undefined: it is gone); rejects after 10 s with what it is instead. */
function watchUntil(
  name: string,
  accept: (object: GitRepository | undefined) => boolean,
): Promise<GitRepository | undefined> {
  const found = Promise.withResolvers<GitRepository | undefined>();
  const [at, look] = [
    namespace,
    (): void => {
      const object = watched.store.get(at, name);
      if (accept(object)) found.resolve(object);
    },
  ];
  const cancel = systemClock.after(10_000, () => {
    found.reject(
      new Error(`waited too long for ${name}: ${JSON.stringify(watched.store.get(at, name)?.status, null, 1)}`),
    );
  });
  listeners.add(look);
  look();
  return found.promise.finally(() => {
    listeners.delete(look);
    cancel();
  });
}

function ref(name: string): ObjectRef {
  return { group: sourceGroup, kind: "GitRepository", namespace, name };
}

async function create(name: string, spec: Partial<GitRepository["spec"]>): Promise<void> {
  const object = { apiVersion: `${sourceGroup}/v1`, kind: "GitRepository", metadata: { name, namespace } };
  await kube.create({
    ...object,
    spec: { interval: "1h", url: `${git.url}/none.git`, ref: { branch: "main" }, ...spec },
  });
}

async function change(name: string, patch: Record<string, unknown>): Promise<void> {
  await kube.patch(ref(name), "merge", patch as never);
}

async function request(name: string): Promise<GitRepository> {
  const at = `request-${sequence++}`;
  await change(name, { metadata: { annotations: { "reconcile.fluxcd.io/requestedAt": at } } });
  const handled = await untilObject(name, ({ status }) => status?.lastHandledReconcileAt === at);
  await handle.idle();
  return handled;
}

async function untilObject(name: string, accept: (object: GitRepository) => boolean): Promise<GitRepository> {
  return (await watchUntil(name, (object) => object !== undefined && accept(object))) as GitRepository;
}

/** `Type=Status/Reason: message` of every condition. */
function conditionsOf({ status }: GitRepository): string[] {
  return (status?.conditions ?? []).map(
    ({ type, status: is, reason, message }) => `${type}=${is}/${reason}: ${message}`,
  );
}

const settled = (status: string) => (object: GitRepository) =>
  findCondition(object.status?.conditions, "Ready")?.status === status &&
  (status !== "True" || object.status?.observedGeneration === object.metadata.generation);

function readText(tree: Awaited<ReturnType<ArtifactStore["tree"]>>, path: string): string | undefined {
  const content = tree.read(path);
  return content && Buffer.from(content).toString();
}

async function treeOf(object: GitRepository): ReturnType<ArtifactStore["tree"]> {
  if (!object.status?.artifact) throw new Error("no artifact");
  return artifacts.tree(object.status.artifact);
}

describe("GitRepository", () => {
  it("stores the branch, tells so, and writes nothing when nothing changes", async () => {
    const { url, commit } = await git.createRepository(`${namespace}-a`, files, { message: "Say hello\n\nAt length." });
    await create("app", { url });
    const object = await untilObject("app", settled("True"));
    const revision = `main@sha1:${commit}`;
    const message = `stored artifact for revision '${revision}'`;
    expect(conditionsOf(object)).toEqual([
      `Ready=True/Succeeded: ${message}`,
      `ArtifactInStorage=True/Succeeded: ${message}`,
    ]);
    expect(object.metadata.finalizers).toEqual(["finalizers.fluxcd.io"]);
    expect(object.status?.artifact).toMatchObject({
      revision,
      path: `gitrepository/${namespace}/app/${commit}.tar.gz`,
      url: `http://source-controller.test./gitrepository/${namespace}/app/${commit}.tar.gz`,
    });
    expect(events.map(({ reason, message: text }) => `${reason}: ${text}`)).toEqual([
      "NewArtifact: stored artifact for commit 'Say hello'",
    ]);
    expect(events[0]?.metadata).toEqual({
      "source.toolkit.fluxcd.io/revision": revision,
      "source.toolkit.fluxcd.io/digest": object.status?.artifact?.digest,
    });
    expect((await treeOf(object)).list("")).toEqual(["README.md", "deploy"]);

    const [before, polls] = [statusWrites, git.requests()["POST git-upload-pack/ls-refs"] ?? 0];
    handle.request(ref("app"), "interval", "test");
    await handle.idle();
    expect(statusWrites).toBe(before);
    expect(git.requests()["POST git-upload-pack/ls-refs"]).toBe(polls + 1);
    expect(events).toHaveLength(1);
  });

  it("follows the branch, forwards and after a force-push, and keeps the last artifact when the branch is gone", async () => {
    const { url, path } = await git.createRepository(`${namespace}-a`, files);
    await create("app", { url });
    await untilObject("app", settled("True"));
    const next = await git.commit(`${namespace}-a`, { files: { "deploy/app.yaml": "a: 2\n" }, message: "two" });
    const second = await request("app");
    expect(second.status?.artifact?.revision).toBe(`main@sha1:${next}`);
    expect(readText(await treeOf(second), "deploy/app.yaml")).toBe("a: 2\n");
    const rewritten = await git.commit(`${namespace}-a`, { files: { other: "x" }, message: "again", orphan: true });
    expect((await request("app")).status?.artifact?.revision).toBe(`main@sha1:${rewritten}`);

    rmSync(join(path, "refs/heads/main"));
    await git.commit(`${namespace}-a`, { files: { other: "x" }, message: "elsewhere", branch: "dev" });
    await request("app");
    const gone = await untilObject("app", settled("False"));
    const why = `failed to checkout and determine revision: unable to clone '${url}': couldn't find remote ref "refs/heads/main"`;
    expect(conditionsOf(gone)).toContain(`Ready=False/GitOperationFailed: ${why}`);
    expect(conditionsOf(gone)).toContain(`FetchFailed=True/GitOperationFailed: ${why}`);
    expect(conditionsOf(gone).some((text) => text.startsWith("Reconciling=True/ProgressingWithRetry"))).toBe(true);
    expect(gone.status?.artifact?.revision).toBe(`main@sha1:${rewritten}`);

    events.length = 0;
    await git.commit(`${namespace}-a`, { files: { other: "x" }, message: "back", branch: "main" });
    await untilObject("app", settled("True"));
    expect(
      events.some(({ severity, reason }) => severity === "info" && ["NewArtifact", "Succeeded"].includes(reason)),
    ).toBe(true);
  });

  it.each<[string, GitRepository["spec"]["ref"], (commit: string) => string]>([
    ["tag", { tag: "v1.0.0" }, (commit) => `v1.0.0@sha1:${commit}`],
    ["annotated tag", { tag: "v1.2.0" }, (commit) => `v1.2.0@sha1:${commit}`],
    ["semver range", { semver: ">=1.0.0 <2.0.0" }, (commit) => `v1.2.0@sha1:${commit}`],
    ["full name", { name: "refs/tags/v1.2.0" }, (commit) => `refs/tags/v1.2.0@sha1:${commit}`],
  ])("resolves a %s", async (_, reference, want) => {
    const name = `${namespace}-a`;
    const { url, commit = "" } = await git.createRepository(name, files);
    await git.tag(name, "v1.0.0", { target: commit });
    await git.tag(name, "v1.2.0", { target: commit, message: "release" });
    await git.tag(name, "v2.0.0", { target: commit });
    await git.tag(name, "v1.9", { target: commit });
    await create("app", { url, ref: reference ?? {} });
    expect((await untilObject("app", settled("True"))).status?.artifact?.revision).toBe(want(commit));
  });

  it("pins a commit that no ref points to any more", async () => {
    const { url, commit = "" } = await git.createRepository(`${namespace}-a`, files);
    await git.commit(`${namespace}-a`, { files: { x: "y" }, message: "later" });
    await create("bare", { url, ref: { commit } });
    await create("named", { url, ref: { commit, branch: "main" } });
    expect((await untilObject("bare", settled("True"))).status?.artifact?.revision).toBe(`sha1:${commit}`);
    expect((await untilObject("named", settled("True"))).status?.artifact?.revision).toBe(`main@sha1:${commit}`);
  });

  it.each<[string, Partial<GitRepository["spec"]>, string]>([
    [
      "no such repository",
      {},
      "GitOperationFailed: failed to checkout and determine revision: unable to clone '{url}/none.git': repository not found: repository not found",
    ],
    [
      "no version in the range",
      { ref: { semver: ">9" } },
      "GitOperationFailed: failed to checkout and determine revision: no match found for semver: >9",
    ],
    [
      "no Secret",
      { secretRef: { name: "x" } },
      `AuthenticationFailed: failed to get secret '{ns}/x': failed to get secret '{ns}/x': secrets "x" not found`,
    ],
  ])("retries: %s", async (_, spec, want) => {
    const { url } = await git.createRepository(`${namespace}-a`, files);
    await create("app", { ...(Object.keys(spec).length > 0 ? { url } : {}), ...spec });
    const text = want.replace("{url}", git.url).replaceAll("{ns}", namespace);
    const failed = await untilObject("app", settled("False"));
    expect(conditionsOf(failed)).toContain(`Ready=False/${text}`);
    expect(conditionsOf(failed)).toContain(`FetchFailed=True/${text}`);
    expect(failed.status?.observedGeneration).not.toBe(failed.metadata.generation);
    expect(events.some(({ severity, reason }) => severity === "error" && text.startsWith(`${reason}:`))).toBe(true);
  });

  it("says that a repository is empty, and goes on when it is not", async () => {
    const { url } = await git.createRepository(`${namespace}-a`, {});
    await create("app", { url });
    const failed = await untilObject("app", settled("False"));
    expect(conditionsOf(failed)).toContain("Ready=False/EmptyGitRepository: git repository is empty");
    await git.commit(`${namespace}-a`, { files, message: "first" });
    await untilObject("app", settled("True"));
  });

  it.each<[string, Partial<GitRepository["spec"]>, string]>([
    [
      "verify",
      { verify: { mode: "HEAD", secretRef: { name: "keys" } } },
      "VerificationError: spec.verify is not supported",
    ],
    [
      "provider",
      { provider: "github", secretRef: { name: "app" } },
      'InvalidProviderConfiguration: spec.provider "github" is not supported',
    ],
    [
      "a URL that is none, without its password",
      { url: "https://user:pass-word@127.0.0.1:99999/x" },
      "URLInvalid: failed to parse url 'https://127.0.0.1:99999/x': want",
    ],
    [
      "a range that is none",
      { ref: { semver: "latest!" } },
      "GitOperationFailed: failed to checkout and determine revision: semver parse error: improper constraint",
    ],
  ])("stalls: %s", async (_, spec, want) => {
    const { url } = await git.createRepository(`${namespace}-a`, files);
    await create("app", { url, ...spec });
    const stalled = await untilObject(
      "app",
      ({ status }) => findCondition(status?.conditions, "Stalled")?.status === "True",
    );
    expect(conditionsOf(stalled).find((text) => text.startsWith("Stalled"))).toContain(want);
    expect(conditionsOf(stalled).some((text) => text.startsWith("Reconciling"))).toBe(false);
    expect(stalled.status?.observedGeneration).toBe(1);
    expect(stalled.status?.artifact).toBeUndefined();
  });

  it("logs in with a Secret, notices when it changes, and never shows the password", async () => {
    const { url } = await secured.createRepository(`${namespace}-a`, files);
    const secret = { apiVersion: "v1", kind: "Secret", metadata: { name: "login", namespace } };
    const data = (password: string): { stringData: Record<string, string> } => ({
      stringData: { username: "eddy", password },
    });
    await kube.create({ ...secret, ...data("wrong-battery") });
    await create("app", { url, secretRef: { name: "login" } });
    const failed = await untilObject("app", settled("False"));
    expect(conditionsOf(failed).join()).toContain(
      `unable to clone '${url}': authentication required: authentication required`,
    );
    expect(JSON.stringify([failed, events])).not.toContain("wrong-battery");
    await kube.patch({ group: "", kind: "Secret", namespace, name: "login" }, "merge", data("correct-horse"));
    await untilObject("app", settled("True"));
  });

  it("stores anew when what is taken of the commit changes", async () => {
    const { url } = await git.createRepository(`${namespace}-a`, files);
    await create("app", { url });
    const first = await untilObject("app", settled("True"));
    await change("app", { spec: { ignore: "*.md" } });
    const ignoring = await untilObject("app", ({ status }) => status?.observedIgnore === "*.md");
    expect((await treeOf(ignoring)).list("")).toEqual(["deploy", "logo.png"]);
    expect(ignoring.status?.artifact?.revision).toBe(first.status?.artifact?.revision);
    await change("app", { spec: { ignore: null, sparseCheckout: ["./deploy"] } });
    const sparse = await untilObject("app", ({ status }) => status?.observedSparseCheckout !== undefined);
    expect((await treeOf(sparse)).list("")).toEqual(["deploy"]);
    expect(sparse.status?.observedIgnore).toBeUndefined();
    await change("app", { spec: { sparseCheckout: ["nowhere"] } });
    const failed = await untilObject("app", settled("False"));
    expect(conditionsOf(failed).join()).toContain(
      "failed to sparse checkout directories : sparse checkout dir 'nowhere' does not exist in repository",
    );
  });

  it("includes the artifact of another GitRepository, and follows it", async () => {
    const outer = await git.createRepository(`${namespace}-a`, files);
    const inner = await git.createRepository(`${namespace}-b`, { "lib/x.yaml": "x: 1\n" });
    await create("outer", {
      url: outer.url,
      include: [{ repository: { name: "inner" }, fromPath: "lib", toPath: "vendor/lib" }],
    });
    const waiting = await untilObject("outer", settled("False"));
    expect(conditionsOf(waiting)).toContain(
      `IncludeUnavailable=True/NotFound: could not get resource for include 'inner': GitRepository.source.toolkit.fluxcd.io "inner" not found`,
    );
    await create("inner", { url: inner.url });
    const ready = await untilObject("outer", settled("True"));
    expect(readText(await treeOf(ready), "vendor/lib/x.yaml")).toBe("x: 1\n");
    expect(ready.status?.includedArtifacts).toHaveLength(1);
    await git.commit(`${namespace}-b`, { files: { "lib/x.yaml": "x: 2\n" }, message: "two" });
    const { status } = await request("inner");
    const followed = await untilObject(
      "outer",
      (object) => object.status?.includedArtifacts?.[0]?.digest === status?.artifact?.digest,
    );
    expect(readText(await treeOf(followed), "vendor/lib/x.yaml")).toBe("x: 2\n");
  });

  it("does nothing while suspended", async () => {
    const { url } = await git.createRepository(`${namespace}-a`, files);
    await create("app", { url, suspend: true });
    await untilObject("app", ({ metadata }) => metadata.finalizers !== undefined);
    await handle.idle();
    expect((await kube.get<GitRepository>(ref("app"))).status?.conditions).toBeUndefined();
    await change("app", { spec: { suspend: false } });
    await untilObject("app", settled("True"));
  });

  it("builds the artifact again when its file was damaged, also after a restart", async () => {
    const { url } = await git.createRepository(`${namespace}-a`, files);
    await create("app", { url });
    const { status } = await untilObject("app", settled("True"));
    writeFileSync(join(folder, "storage", status?.artifact?.path ?? ""), "damaged");
    await stopController();
    await startController();
    const rebuilt = await untilObject(
      "app",
      (object) => settled("True")(object) && object.status?.artifact !== undefined,
    );
    await handle.idle();
    expect(rebuilt.status?.artifact?.digest).toBe(status?.artifact?.digest);
    expect(await artifacts.verify(rebuilt.status?.artifact ?? ({} as never))).toBe(true);
  });

  it("keeps delivering when the disk refuses, and says so", async () => {
    const { url } = await git.createRepository(`${namespace}-a`, files);
    writeFileSync(join(folder, "storage", "gitrepository", namespace), "in the way");
    chmodSync(join(folder, "storage", "gitrepository", namespace), 0o400);
    await create("app", { url });
    const failed = await untilObject("app", settled("False"));
    expect(conditionsOf(failed).join()).toMatch(
      /StorageOperationFailed=True\/ArchiveOperationFailed: unable to archive artifact to storage: E/,
    );
    expect(readText(await treeOf(failed), "README.md")).toBe("hello\n");
    rmSync(join(folder, "storage", "gitrepository", namespace));
    await untilObject("app", settled("True"));
  });

  it("removes its artifacts when it is deleted", async () => {
    const { url } = await git.createRepository(`${namespace}-a`, files);
    await create("app", { url });
    const { status } = await untilObject("app", settled("True"));
    await kube.delete(ref("app"));
    await watchUntil("app", (object) => object === undefined);
    expect(existsSync(join(folder, "storage", status?.artifact?.path ?? ""))).toBe(false);
  });
});
