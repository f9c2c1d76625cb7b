import { mkdirSync, readFileSync, readdirSync } from "node:fs";
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { repositoryRoot, upstreamProgram } from "@eddy/conformance/upstream";
import { kinds, crdOf } from "@eddy/api";
import { loadDocuments } from "@eddy/goyaml";
import type { KubeObject } from "@eddy/core/object";
import { startPrograms, type ProcessGroup } from "./process-under-test.ts";

/** What a peer needs to know of the world it runs in. */
export interface PeerContext {
  kubeconfig: string;
  /** A folder of its own, empty. */
  dir: string;
  /** Further flags of Eddy; Flux has other ones. */
  flags: readonly string[];
}

/** A continuous-delivery tool under test. */
export interface Peer {
  name: string;
  /** Why it cannot run here; undefined when it can. */
  unavailable: string | undefined;
  crds(): KubeObject[];
  start(context: PeerContext): ProcessGroup;
  /** Where it says how long the steps of its passes took, if it does. */
  metricsUrl?: string;
}

/** Where webhooks are answered, by whichever peer. */
export const receiverPort = 19_792;

const upstreamBin = join(repositoryRoot, ".cache/upstream/bin");

/** Eddy as it is published (`npm run build`): `eddy server`, one process. */
export const eddy: Peer = {
  name: "Eddy",
  unavailable: undefined,
  metricsUrl: "http://127.0.0.1:19780/metrics",
  crds: () => kinds.map((kind) => crdOf(kind) as unknown as KubeObject),
  start: ({ kubeconfig, dir, flags }) =>
    startPrograms([
      {
        name: "eddy",
        command: process.execPath,
        args: [
          join(repositoryRoot, "dist/apps/cli/bin/eddy.mjs"),
          "server",
          `--kubeconfig=${kubeconfig}`,
          `--storage-path=${join(dir, "storage")}`,
          "--storage-adv-addr=127.0.0.1:19790",
          "--storage-addr=127.0.0.1:19790",
          "--metrics-addr=127.0.0.1:19780",
          "--health-addr=127.0.0.1:19740",
          `--receiver-addr=127.0.0.1:${receiverPort}`,
          "--events-addr=127.0.0.1:19793",
          "--updates-addr=127.0.0.1:19794",
          "--log-level=info",
          ...flags,
        ],
        env: { RUNTIME_NAMESPACE: "flux-system" },
        logFile: join(dir, "eddy.log"),
      },
    ]),
};

interface Controller {
  name: string;
  port: number;
}

const sourceController: Controller = { name: "source-controller", port: 19890 };
const kustomizeController: Controller = { name: "kustomize-controller", port: 19990 };
const helmController: Controller = { name: "helm-controller", port: 20090 };
const imageReflectorController: Controller = { name: "image-reflector-controller", port: 20190 };
const imageAutomationController: Controller = { name: "image-automation-controller", port: 20290 };
const notificationController: Controller = { name: "notification-controller", port: 20390 };
/** Flux's source-controller and kustomize-controller with their defaults, built by `npm run upstream`. */
export const flux: Peer = fluxOf([sourceController, kustomizeController]);
/** The same with helm-controller. */
export const fluxWithHelm: Peer = fluxOf([sourceController, kustomizeController, helmController]);
/** With what follows registries, and what answers webhooks at {@link receiverPort}. */
export const fluxWithImages: Peer = fluxOf([
  sourceController,
  kustomizeController,
  imageReflectorController,
  imageAutomationController,
  notificationController,
]);

function fluxOf(controllers: readonly Controller[]): Peer {
  return {
    name: "Flux 2.9",
    unavailable: controllers.every(({ name }) => upstreamProgram({ upstreamBin }, name))
      ? undefined
      : "Flux's controllers are not built: run `npm run upstream`",
    crds: () => controllers.flatMap(({ name }) => crdsOfModule(name)),
    start({ kubeconfig, dir }) {
      mkdirSync(join(dir, "storage"), { recursive: true });
      const programs = controllers.map(({ name, port }) => ({
        name,
        command: join(upstreamBin, name),
        args: [
          "--watch-all-namespaces",
          "--log-level=error",
          `--metrics-addr=127.0.0.1:${port + 1}`,
          `--health-addr=127.0.0.1:${port + 2}`,
          ...flagsOf({ name, port }, dir),
        ],
        env: {
          KUBECONFIG: kubeconfig,
          RUNTIME_NAMESPACE: "flux-system",
          TUF_ROOT: dir,
          TMPDIR: process.env["TMPDIR"] ?? "/tmp",
        },
        logFile: join(dir, `${name}.log`),
      }));
      return startPrograms(programs);
    },
  };
}

/** What only this controller has. */
function flagsOf({ name, port }: Controller, dir: string): string[] {
  const storage = join(dir, "storage");
  if (name === "notification-controller")
    return [`--events-addr=127.0.0.1:${port}`, `--receiverAddr=127.0.0.1:${receiverPort}`];
  if (name === "image-reflector-controller") return ["--events-addr=", `--storage-path=${join(dir, "tags")}`];
  if (name !== "source-controller") return ["--events-addr="];
  const address = `127.0.0.1:${port}`;
  return ["--events-addr=", `--storage-path=${storage}`, `--storage-addr=${address}`, `--storage-adv-addr=${address}`];
}

/** The custom resource definitions that come with a controller's module, from the module cache. */
function crdsOfModule(name: string): KubeObject[] {
  const listed = execFileSync("go", ["list", "-m", "-f", "{{.Dir}}", `github.com/fluxcd/${name}`], {
    cwd: join(repositoryRoot, ".cache/upstream/build", name),
    encoding: "utf8",
    env: { ...process.env, GOFLAGS: "-mod=mod" },
  });
  const dir = join(listed.trim(), "config/crd/bases");
  return readdirSync(dir)
    .filter((file) => file.endsWith(".yaml"))
    .flatMap((file) =>
      loadDocuments(readFileSync(join(dir, file), "utf8")).map(({ value }) => value as unknown as KubeObject),
    );
}
