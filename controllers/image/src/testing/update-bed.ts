import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  approvalKind,
  crdOf,
  gitRepositoryKind,
  imageGroup,
  imagePolicyKind,
  imageUpdateAutomationKind,
  type GitRepository,
  type ImagePolicy,
  type ImageRef,
  type ImageUpdateAutomation,
  type ImageUpdateAutomationSpec,
} from "@eddy/api";
import { delay, systemClock } from "@eddy/core/clock";
import { silentLogger } from "@eddy/core/log";
import { createMasker } from "@eddy/core/secrets";
import { startControlPlane } from "@eddy/control-plane";
import { startGitServer, type GitServer } from "@eddy/git-server";
import { connect, parseKubeconfig, reflect, resolveContext, type KubeClient } from "@eddy/kube";
import { createCaches, defaultSettings, type ControllerHandle } from "@eddy/runtime/controller";
import { createEventBus, type ControllerEvent } from "@eddy/runtime/events";
import { createMetricsRegistry } from "@eddy/runtime/metrics";
import { startImageControllers } from "../index.ts";

/** ImageUpdateAutomations on a control plane, with a Git server; what a scenario does and sees there. One bed a file. */
export interface UpdateBed {
  readonly kube: KubeClient;
  readonly git: GitServer;
  readonly events: ControllerEvent[];
  readonly handle: ControllerHandle;
  readonly namespace: string;
  /** Name of the namespace's Git repository. */
  readonly repository: string;
  /** A new namespace with a repository of these files and a GitRepository `app` for its branch `main`. */
  enter(files: Readonly<Record<string, string>>, spec?: Partial<GitRepository["spec"]>): Promise<string>;
  /** Makes a policy, or lets it choose another image. */
  choose(policy: string, image: ImageRef | undefined, labels?: Record<string, string>): Promise<void>;
  create(
    name: string,
    spec?: Partial<ImageUpdateAutomationSpec>,
    annotations?: Readonly<Record<string, string>>,
  ): Promise<void>;
  createSecret(name: string, stringData: Record<string, string>): Promise<void>;
  change(name: string, patch: Record<string, unknown>): Promise<void>;
  /** Asks for a pass by annotation; resolves once it has been handled and nothing is queued. */
  request(name: string): Promise<ImageUpdateAutomation>;
  until(name: string, accept: (object: ImageUpdateAutomation) => boolean): Promise<ImageUpdateAutomation>;
  sourceOf(name: string): Promise<GitRepository>;
  /** Runs git in the repository's folder. */
  run(...args: string[]): string;
  fileAt(branch: string, path: string): string;
  stop(): Promise<void>;
}

const update: Partial<ImageUpdateAutomationSpec> = {
  interval: "1h",
  sourceRef: { kind: "GitRepository", name: "app" },
  git: { commit: { author: { name: "Eddy", email: "eddy@example.org" } } },
};

/** Starts the bed. `owner`: what stands before the repositories' names, as `org/`. */
export async function startUpdateBed({
  owner = "",
  ...options
}: { noCrossNamespaceRefs?: boolean; owner?: string } = {}): Promise<UpdateBed> {
  const folder = mkdtempSync(join(tmpdir(), "eddy-image-update-"));
  const plane = await startControlPlane({});
  const kube = connect(resolveContext(parseKubeconfig(plane.kubeconfig)));
  for (const kind of [approvalKind, gitRepositoryKind, imagePolicyKind, imageUpdateAutomationKind])
    await kube.apply(crdOf(kind), { fieldManager: "test", force: true });
  const git = await startGitServer({ dir: join(folder, "git") });
  const events: ControllerEvent[] = [];
  const listeners = new Set<() => void>();
  const watched = reflect<ImageUpdateAutomation>(kube, imageUpdateAutomationKind, {}, () => {
    for (const look of listeners) look();
  });
  await watched.synced;
  const base = { clock: systemClock, logger: silentLogger, kube };
  const caches = createCaches({ ...base, namespace: "" });
  const bus = createEventBus((error) => {
    throw error;
  });
  bus.subscribe((event) => events.push(event));
  const settings = { ...defaultSettings, minRetryDelayMs: 50, maxRetryDelayMs: 2_000, ...options };
  const rest = { events: bus, metrics: createMetricsRegistry(), masker: createMasker(), random: () => 0.5, settings };
  const handles = startImageControllers({ ...base, ...rest, caches }, { kinds: ["ImageUpdateAutomation"] });
  const handle = handles.get("ImageUpdateAutomation") as ControllerHandle;
  const policies = caches.of<ImagePolicy>(imagePolicyKind);
  /** Resolves once the controllers know which image a policy has chosen, so that no pass comes late for it. */
  const known = async (namespace: string, name: string, image: ImageRef | undefined): Promise<void> => {
    const { promise, resolve } = Promise.withResolvers<void>();
    const look = (): void => {
      const chosen = policies.get(namespace, name)?.status?.latestRef;
      if (chosen?.name === image?.name && chosen?.tag === image?.tag && chosen?.digest === image?.digest) resolve();
    };
    const unsubscribe = policies.subscribe(look);
    look();
    await promise.finally(unsubscribe);
  };
  await handle.started;
  let [sequence, namespace, repository] = [0, "", ""];
  const ref = (name: string): { group: string; kind: string; namespace: string; name: string } => ({
    group: imageGroup,
    kind: "ImageUpdateAutomation",
    namespace,
    name,
  });
  const made = new Set<string>();
  /** What failed is tried again and again, so that a busy machine would never be idle: it goes with the test that made it. */
  const leave = async (): Promise<void> => {
    for (const name of made) await kube.delete(ref(name));
    made.clear();
  };
  const bed: UpdateBed = {
    kube,
    git,
    events,
    handle,
    get namespace() {
      return namespace;
    },
    get repository() {
      return repository;
    },
    async enter(files, spec = {}) {
      await leave();
      namespace = `ns-${sequence++}`;
      repository = `${owner}${namespace}`;
      events.length = 0;
      await kube.create({ apiVersion: "v1", kind: "Namespace", metadata: { name: namespace } });
      const { url } = await git.createRepository(repository, files);
      const whole = { interval: "1h", url, ref: { branch: "main" }, ...spec };
      const metadata = { name: "app", namespace };
      await kube.create({ apiVersion: "source.toolkit.fluxcd.io/v1", kind: "GitRepository", metadata, spec: whole });
      return url;
    },
    async choose(policy, image, labels = {}) {
      const key = { group: imageGroup, kind: "ImagePolicy", namespace, name: policy };
      const spec = { imageRepositoryRef: { name: policy }, policy: { semver: { range: "*" } } };
      const metadata = { name: policy, namespace, labels };
      const apiVersion = `${imageGroup}/v1`;
      await kube.apply({ apiVersion, kind: "ImagePolicy", metadata, spec }, { fieldManager: "test", force: true });
      const status = { latestRef: image === undefined ? null : { digest: null, ...image } };
      await kube.patch(key, "merge", { status } as never, { subresource: "status", fieldManager: "test" });
      await known(namespace, policy, image);
    },
    async create(name, spec = {}, annotations = {}) {
      made.add(name);
      const apiVersion = `${imageGroup}/v1`;
      const metadata = { name, namespace, annotations };
      await kube.create({ apiVersion, kind: "ImageUpdateAutomation", metadata, spec: { ...update, ...spec } });
    },
    async createSecret(name, stringData) {
      await kube.create({ apiVersion: "v1", kind: "Secret", metadata: { name, namespace }, stringData });
    },
    async change(name, patch) {
      await kube.patch(ref(name), "merge", patch as never);
    },
    async request(name) {
      const at = `request-${sequence++}`;
      await bed.change(name, { metadata: { annotations: { "reconcile.fluxcd.io/requestedAt": at } } });
      const handled = await bed.until(name, ({ status }) => status?.lastHandledReconcileAt === at);
      await handle.idle();
      return handled;
    },
    until(name, accept) {
      const found = Promise.withResolvers<ImageUpdateAutomation>();
      const at = namespace;
      const look = (): void => {
        const object = watched.store.get(at, name);
        if (object && accept(object)) found.resolve(object);
      };
      const cancel = systemClock.after(15_000, () => {
        const status = JSON.stringify(watched.store.get(at, name)?.status, null, 1);
        found.reject(new Error(`waited too long for ${name}: ${status}`));
      });
      listeners.add(look);
      look();
      return found.promise.finally(() => {
        listeners.delete(look);
        cancel();
      });
    },
    sourceOf: (name) =>
      kube.get<GitRepository>({ group: "source.toolkit.fluxcd.io", kind: "GitRepository", namespace, name }),
    run: (...args) =>
      execFileSync("git", ["-c", "safe.directory=*", "-C", join(folder, "git", `${repository}.git`), ...args], {
        encoding: "utf8",
        stdio: "pipe",
      }).trim(),
    fileAt: (branch, path) => bed.run("show", `${branch}:${path}`),
    async stop() {
      watched.stop();
      await Promise.all([...handles.values()].map((each) => each.stop()));
      caches.close();
      await git.stop();
      await plane.stop();
      kube.close();
      // A status write that was on its way may still be logged.
      await delay(systemClock, 0);
      rmSync(folder, { recursive: true, force: true });
    },
  };
  return bed;
}
