import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { crdOf, kinds, type Release } from "@eddy/api";
import { systemClock } from "@eddy/core/clock";
import { sha256 } from "@eddy/core/digest";
import { valueAt, type KubeObject } from "@eddy/core/object";
import { startControlPlane } from "@eddy/control-plane";
import { startGitServer, type GitServer } from "@eddy/git-server";
import { connect, parseKubeconfig, resolveContext, type KubeClient } from "@eddy/kube";
import { startRegistry, type Registry, type RegistryOptions } from "@eddy/registry";
import { watchUntil } from "@eddy/runtime/testing";
import { startServer } from "@eddy/server";
import { startWorkloads } from "@eddy/workloads";
import { runWords, type CliRun } from "./cli-bed.ts";

/** A cluster with workloads that become ready, a Git server, a registry, and everything that Eddy runs. One bed a file. */
export interface ReleaseBed {
  readonly kube: KubeClient;
  readonly git: GitServer;
  readonly registry: Registry;
  readonly kubeconfig: string;
  /** Makes a namespace, a repository of these files, and what applies it; resolves when that is in the cluster. */
  enter(namespace: string, files: Readonly<Record<string, string>>, spec?: object): Promise<void>;
  /** Resolves when a Deployment runs what it is to run. */
  ready(namespace: string, name: string): Promise<void>;
  /** Puts an image into the registry, built at a time. */
  pushImage(repository: string, tag: string, created?: string): string;
  /** Runs words against the cluster. */
  run(
    words: string,
    options?: { env?: Readonly<Record<string, string>>; onStdout?: (text: string) => void },
  ): Promise<CliRun>;
  /** Has automation look at a namespace now; resolves when it has. */
  automate(namespace: string): Promise<void>;
  /** Lets the server's branches refuse every push. */
  protect(repository: string): void;
  /** Lets them be pushed to again. */
  unprotect(repository: string): void;
  /** The file as it is on the branch now. */
  file(repository: string, path: string): Promise<string>;
  /** The last commit. */
  head(repository: string): Promise<{ message: string; author: string; sha: string }>;
  /** Creates a Release and waits for its end. */
  release(namespace: string, spec: Release["spec"]): Promise<Release>;
  until<T extends KubeObject>(ref: Parameters<typeof watchUntil>[2], accept: (object: T) => boolean): Promise<T>;
  stop(): Promise<void>;
}

const sourceGroup = "source.toolkit.fluxcd.io";
const manifestType = "application/vnd.oci.image.manifest.v1+json";
const configType = "application/vnd.oci.image.config.v1+json";

/** Starts one, in memory but for the repositories. */
export async function startReleaseBed(options: RegistryOptions = {}): Promise<ReleaseBed> {
  const dir = mkdtempSync(join(tmpdir(), "eddy-release-"));
  const plane = await startControlPlane({});
  const workloads = startWorkloads(plane.objects, { readyDelayMs: 20 });
  const kubeconfig = join(dir, "kubeconfig");
  writeFileSync(kubeconfig, plane.kubeconfig);
  const kubeConfig = resolveContext(parseKubeconfig(plane.kubeconfig));
  const kube = connect(kubeConfig);
  for (const kind of kinds) await kube.create(crdOf(kind));
  const git = await startGitServer({ dir: join(dir, "git") });
  const registry = await startRegistry(options);
  const loopback = "127.0.0.1:0";
  const server = await startServer({
    kubeConfig,
    storagePath: join(dir, "storage"),
    storageAddr: loopback,
    metricsAddr: "",
    healthAddr: "",
    minRetryDelayMs: 20,
    maxRetryDelayMs: 200,
    writeLog: () => {},
  });
  await server.ready;
  let sequence = 0;
  const until: ReleaseBed["until"] = async <T extends KubeObject>(
    ref: Parameters<typeof watchUntil>[2],
    accept: (object: T) => boolean,
  ) => (await watchUntil(kube, systemClock, ref, (object) => object !== undefined && accept(object as T))) as T;
  const gitText = async (repository: string, ...args: string[]): Promise<string> => {
    const { execFile } = await import("node:child_process");
    const { promisify } = await import("node:util");
    const { stdout } = await promisify(execFile)("git", ["-C", join(dir, "git", `${repository}.git`), ...args]);
    return stdout;
  };
  return {
    kube,
    git,
    registry,
    kubeconfig,
    until,
    async enter(namespace, files, spec = {}) {
      await kube.create({ apiVersion: "v1", kind: "Namespace", metadata: { name: namespace } }).catch(() => undefined);
      const { url } = await git.createRepository(namespace, files);
      const metadata = { name: "app", namespace };
      const source = { interval: "1h", url, ref: { branch: "main" } };
      await kube.create({ apiVersion: `${sourceGroup}/v1`, kind: "GitRepository", metadata, spec: source });
      const sourceRef = { kind: "GitRepository", name: "app" };
      const own = { interval: "1h", prune: true, targetNamespace: namespace, sourceRef, ...spec };
      await kube.create({ apiVersion: "kustomize.toolkit.fluxcd.io/v1", kind: "Kustomization", metadata, spec: own });
      const ref = { group: "kustomize.toolkit.fluxcd.io", kind: "Kustomization", namespace, name: "app" };
      await until(ref, (object) => valueAt(object, "status", "lastAppliedRevision") !== undefined);
    },
    async ready(namespace, name) {
      const isReady = (object: KubeObject): boolean =>
        valueAt(object, "status", "observedGeneration") === object.metadata.generation &&
        valueAt(object, "status", "readyReplicas") === valueAt(object, "spec", "replicas");
      await until({ group: "apps", kind: "Deployment", namespace, name }, isReady);
    },
    pushImage(repository, tag, created = "2021-03-02T10:00:00Z") {
      const config = Buffer.from(
        JSON.stringify({
          architecture: "amd64",
          os: "linux",
          created,
          config: {},
          rootfs: { type: "layers", diff_ids: [sha256(`${repository}:${tag}`)] },
        }),
      );
      const digest = registry.putBlob(repository, config);
      const manifest = {
        schemaVersion: 2,
        mediaType: manifestType,
        config: { mediaType: configType, digest, size: config.length },
        layers: [],
      };
      return registry.putManifest(
        repository,
        { mediaType: manifestType, bytes: Buffer.from(JSON.stringify(manifest)) },
        tag,
      );
    },
    run: (words, { env = {}, onStdout } = {}) =>
      runWords(
        [...words.matchAll(/'([^']*)'|(\S+)/g)]
          .map(([, quoted, plain]) => quoted ?? plain ?? "")
          .concat("--kubeconfig", kubeconfig),
        { env, ...(onStdout ? { onStdout } : {}) },
      ),
    async automate(namespace) {
      const handle = server.controllers.get("Automation");
      handle?.request({ namespace, name: "" }, "event", "test");
      await handle?.idle();
    },
    protect(repository) {
      const hook = join(dir, "git", `${repository}.git`, "hooks", "pre-receive");
      mkdirSync(dirname(hook), { recursive: true });
      writeFileSync(hook, "#!/bin/sh\necho 'protected branch' >&2\nexit 1\n", { mode: 0o755 });
    },
    unprotect: (repository) => rmSync(join(dir, "git", `${repository}.git`, "hooks", "pre-receive")),
    file: (repository, path) => gitText(repository, "show", `main:${path}`),
    async head(repository) {
      const [sha = "", author = "", ...message] = (
        await gitText(repository, "log", "-1", "--format=%H%n%an <%ae>%n%B", "main")
      ).split("\n");
      return { sha, author, message: message.join("\n").trim() };
    },
    async release(namespace, spec) {
      const name = `release-${sequence++}`;
      await kube.create({
        apiVersion: "eddy.sh/v1alpha1",
        kind: "Release",
        metadata: { name, namespace },
        spec: { ...spec },
      });
      const ref = { group: "eddy.sh", kind: "Release", namespace, name };
      return until<Release>(ref, ({ status }) => status?.phase === "Succeeded" || status?.phase === "Failed");
    },
    async stop() {
      await server.stop();
      kube.close();
      await git.stop();
      await registry.stop();
      workloads.stop();
      await plane.stop();
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

/** A Deployment as a person writes it: images by container, with comments that must stay. */
export function deploymentText(
  name: string,
  images: Readonly<Record<string, string>>,
  annotations: Readonly<Record<string, string>> = {},
): string {
  const notes = Object.entries(annotations).map(([key, value]) => `\n    ${key}: ${JSON.stringify(value)}`);
  const containers = Object.entries(images).map(
    ([container, image]) => `        - name: ${container} # kept\n          image: ${image}\n`,
  );
  return `apiVersion: apps/v1
kind: Deployment
metadata:
  name: ${name}${notes.length === 0 ? "" : `\n  annotations:${notes.join("")}`}
spec:
  replicas: 2
  selector: {matchLabels: {app: ${name}}}
  template:
    metadata: {labels: {app: ${name}}}
    spec:
      containers:
${containers.join("")}`;
}
