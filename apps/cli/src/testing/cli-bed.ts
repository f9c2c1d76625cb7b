import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { crdOf, kinds, type Kind } from "@eddy/api";
import { systemClock } from "@eddy/core/clock";
import { formatApiVersion, valueAt, type KubeObject } from "@eddy/core/object";
import { startControlPlane, type ControlPlaneOptions } from "@eddy/control-plane";
import { connect, parseKubeconfig, reflect, resolveContext, type KubeClient } from "@eddy/kube";
import { kindRefOf, refTo } from "../cluster/objects.ts";
import { runCli } from "../run-cli.ts";

/** What a command line printed, and its exit code. */
export interface CliRun {
  code: number;
  stdout: string;
  stderr: string;
}

/** A cluster with the kinds installed, and the command line. */
export interface CliBed {
  kube: KubeClient;
  kubeconfig: string;
  /** Runs words against the cluster, in a namespace. */
  run(
    namespace: string,
    words: string,
    options?: { confirm?: boolean; signal?: AbortSignal; onStdout?: (text: string) => void },
  ): Promise<CliRun>;
  /** Creates a namespace of this name. */
  namespace(name: string): Promise<string>;
  /** Creates an object of a kind and gives it a status. */
  create(
    kind: Kind,
    metadata: { name: string; namespace: string; labels?: Record<string, string> },
    spec: object,
    status?: object,
  ): Promise<KubeObject>;
  /** Answers every requested or first pass over objects of a kind in a namespace with a status, as its controller would. */
  answer(kind: Kind, namespace: string, statusOf: (object: KubeObject) => object): { stop(): void };
  stop(): Promise<void>;
}

/** Starts one, in memory. */
export async function startCliBed(options: Pick<ControlPlaneOptions, "podLogs"> = {}): Promise<CliBed> {
  const plane = await startControlPlane(options);
  const dir = mkdtempSync(join(tmpdir(), "eddy-cli-test-"));
  const kubeconfig = join(dir, "kubeconfig");
  writeFileSync(kubeconfig, plane.kubeconfig);
  const kube = connect(resolveContext(parseKubeconfig(plane.kubeconfig)));
  for (const kind of kinds) await kube.create(crdOf(kind));
  for (const kind of kinds) await kube.resourceFor(kindRefOf(kind), { force: true });
  const setStatus = async (kind: Kind, object: KubeObject, status: object): Promise<void> => {
    const { namespace = "", name } = object.metadata;
    await kube.patch(refTo(kind, namespace, name), "merge", { status: { ...status } }, { subresource: "status" });
  };
  return {
    kube,
    kubeconfig,
    run: (namespace, words, options = {}) =>
      runWords(["--kubeconfig", kubeconfig, "-n", namespace, ...splitWords(words)], options),
    async namespace(name) {
      await kube.create({ apiVersion: "v1", kind: "Namespace", metadata: { name } });
      return name;
    },
    async create(kind, metadata, spec, status) {
      const apiVersion = formatApiVersion({ group: kind.group, version: kind.storageVersion });
      const object = await kube.create({ apiVersion, kind: kind.kind, metadata, spec });
      if (status) await setStatus(kind, object, status);
      return object;
    },
    answer(kind, namespace, statusOf) {
      return reflect<KubeObject>(kube, kindRefOf(kind), { namespace }, (event) => {
        if (event.type === "Deleted" || !isUnhandled(event.object)) return;
        const lastHandledReconcileAt = event.object.metadata.annotations?.["reconcile.fluxcd.io/requestedAt"] ?? "";
        void setStatus(kind, event.object, {
          observedGeneration: event.object.metadata.generation ?? 0,
          lastHandledReconcileAt,
          ...statusOf(event.object),
        });
      });
    },
    async stop() {
      kube.close();
      await plane.stop();
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

function isUnhandled(object: KubeObject): boolean {
  if (valueAt(object, "spec", "suspend") === true) return false;
  const requested = object.metadata.annotations?.["reconcile.fluxcd.io/requestedAt"] ?? "";
  const isRequested = requested !== (valueAt(object, "status", "lastHandledReconcileAt") ?? "");
  return isRequested || valueAt(object, "status", "observedGeneration") !== object.metadata.generation;
}

/** The words of a line as typed in a shell; quotes keep words together. */
function splitWords(line: string): string[] {
  return [...line.matchAll(/'([^']*)'|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain ?? "");
}

/** Runs words without a terminal. */
export async function runWords(
  words: readonly string[],
  options: {
    confirm?: boolean;
    signal?: AbortSignal;
    onStdout?: (text: string) => void;
    env?: Readonly<Record<string, string>>;
    stdin?: string;
  } = {},
): Promise<CliRun> {
  const out: string[] = [];
  const err: string[] = [];
  const { confirm, onStdout, env = {}, stdin = "", signal = new AbortController().signal } = options;
  const code = await runCli(words, {
    stdout: {
      write(text) {
        out.push(text);
        onStdout?.(text);
      },
    },
    stderr: { write: (text) => err.push(text) },
    stdin: Readable.from([stdin]),
    env,
    clock: systemClock,
    signal,
    ...(confirm === undefined ? {} : { confirm: async () => confirm }),
  });
  return { code, stdout: out.join(""), stderr: err.join("") };
}
