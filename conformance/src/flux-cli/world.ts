import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { crdOf, kinds } from "@eddy/api";
import { delay, systemClock } from "@eddy/core/clock";
import type { KubeObject } from "@eddy/core/object";
import { connect, parseKubeconfig, resolveContext, type KubeClient } from "@eddy/kube";
import { startRealControlPlane } from "../real-control-plane.ts";
import type { SuiteOptions } from "../suite.ts";
import { upstreamProgram } from "../upstream.ts";
import type { CommandPlace } from "./run-both.ts";

/** A real cluster with all kinds, and a folder. */
export interface CliWorld {
  kube: KubeClient;
  place: CommandPlace;
  /** Writes files below the folder. */
  write(files: Readonly<Record<string, string>>): void;
  stop(): Promise<void>;
}

/** Starts one; undefined where the programs were not built. */
export async function startCliWorld(options: SuiteOptions): Promise<CliWorld | undefined> {
  const flux = upstreamProgram(options, "flux");
  const plane = flux && (await startRealControlPlane({ upstreamBin: options.upstreamBin ?? "" }));
  if (!flux || !plane) return undefined;
  const dir = mkdtempSync(join(tmpdir(), "eddy-flux-cli-"));
  const kubeconfig = join(dir, "kubeconfig");
  writeFileSync(kubeconfig, plane.kubeconfig);
  const kube = connect(resolveContext(parseKubeconfig(plane.kubeconfig)));
  for (const kind of kinds) await kube.create(crdOf(kind) as KubeObject);
  for (const kind of kinds) await awaitServed(kube, kind);
  return {
    kube,
    place: { flux, kubeconfig, dir },
    write(files) {
      for (const [path, text] of Object.entries(files)) {
        mkdirSync(dirname(join(dir, path)), { recursive: true });
        writeFileSync(join(dir, path), text);
      }
    },
    async stop() {
      kube.close();
      await plane.stop();
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

/** Waits until a kind is served: discovery of a real server is behind its definitions, and tells nobody when it has caught up. */
export async function awaitServed(kube: KubeClient, kind: { group: string; kind: string }): Promise<void> {
  for (let attempt = 0; attempt < 300; attempt++) {
    if (await kube.resourceFor(kind, { force: true }).catch(() => undefined)) return;
    await delay(systemClock, 100);
  }
  throw new Error(`${kind.kind} is not served`);
}
