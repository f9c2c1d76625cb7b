import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { startControlPlane } from "@eddy/control-plane";
import { connect, parseKubeconfig, resolveContext, type KubeClient } from "@eddy/kube";
import {
  conditionOf,
  configMap,
  createKustomization,
  createSource,
  isReadyAt,
  requestSource,
  valueOf,
  type Bed,
} from "./bed.ts";

/** A disk of its own, so small that it is soon full. */
export interface SmallDisk {
  readonly path: string;
  /** Writes until nothing more goes. */
  fill(): void;
  /** Makes it large enough for everything. */
  grow(): void;
  unmount(): void;
}

/** What a small disk has little of: bytes (512 KiB) or files (48). */
export type Scarcity = "size=512k" | "nr_inodes=48";

/** Mounts a memory disk; undefined where that is not allowed (it takes root on Linux). */
export function mountSmallDisk(path: string, scarcity: Scarcity): SmallDisk | undefined {
  mkdirSync(path, { recursive: true });
  if (spawnSync("mount", ["-t", "tmpfs", "-o", scarcity, "tmpfs", path]).status !== 0) return undefined;
  return {
    path,
    fill() {
      const chunk = randomBytes(4096);
      for (let count = 0; count < 10_000; count++) {
        try {
          writeFileSync(join(path, `filler-${count}`), chunk);
        } catch {
          return;
        }
      }
    },
    grow: () => void spawnSync("mount", ["-o", "remount,size=64m,nr_inodes=10k", path]),
    unmount: () => void spawnSync("umount", ["--lazy", path]),
  };
}

/** A server whose storage and Git cache are full goes on delivering, says what is wrong, and stores when it can again. */
export async function deliverOnFullDisk(bed: Bed, disk: SmallDisk): Promise<void> {
  const ns = await bed.namespace();
  const filesAt = (value: string): Record<string, string> => ({
    "app/a.yaml": configMap("a", ns, value),
    "large.bin": randomBytes(100_000).toString("hex"),
  });
  const { url, commit: first = "" } = await bed.git.createRepository(ns, filesAt("1"));
  const server = await bed.serve({ storagePath: join(disk.path, "storage"), gitCachePath: join(disk.path, "git") });
  try {
    disk.fill();
    await createSource(bed, ns, "app", { url });
    await createKustomization(bed, ns, "app", { path: "./app" });
    await bed.kustomizations.until(ns, "app", (object) => isReadyAt(object, first));
    const full = await bed.sources.until(ns, "app", (object) => object !== undefined && isStorageFull(object));
    assert.match(conditionOf(full, "StorageOperationFailed"), /^True ArchiveOperationFailed: .*ENOSPC/);
    const second = await bed.git.commit(ns, { files: filesAt("2"), message: "two" });
    await requestSource(bed, ns, "app");
    await bed.kustomizations.until(ns, "app", (object) => isReadyAt(object, second));
    await bed.configMaps.until(ns, "a", (object) => valueOf(object) === "2");
    assert.deepEqual(archivesOf(disk, ns), [], "half of an archive was left on the disk");

    disk.grow();
    await requestSource(bed, ns, "app");
    await bed.sources.until(
      ns,
      "app",
      (object) => object !== undefined && conditionOf(object).startsWith("True ") && !isStorageFull(object),
    );
    assert.equal(archivesOf(disk, ns).length, 1);
  } finally {
    await server.stop();
  }
}

/**
 * The embedded control plane on a full disk refuses writes, keeps what it acknowledged, and goes on when there is room; a
 * restart finds exactly what was acknowledged.
 */
export async function storeOnFullDisk(disk: SmallDisk): Promise<void> {
  const dataDir = join(disk.path, "control-plane");
  let plane = await startControlPlane({ dataDir });
  let kube = connect(resolveContext(parseKubeconfig(plane.kubeconfig)));
  const acknowledged = new Set<string>();
  try {
    let refusal: unknown;
    for (let count = 0; count < 200 && refusal === undefined; count++) {
      refusal = await createLarge(kube, `before-${count}`, acknowledged);
    }
    assert.match(String(refusal), /ENOSPC|no space left/);
    assert.ok(acknowledged.size > 0, "the disk was full before anything was stored");
    disk.grow();
    assert.equal(await createLarge(kube, "after", acknowledged), undefined);
  } finally {
    kube.close();
    await plane.stop();
  }
  plane = await startControlPlane({ dataDir });
  kube = connect(resolveContext(parseKubeconfig(plane.kubeconfig)));
  try {
    // What was refused may have come to be all the same, as with any server whose answer is an error.
    const found = new Set(await listLarge(kube));
    assert.deepEqual(
      [...acknowledged].filter((name) => !found.has(name)),
      [],
    );
    assert.ok(found.size <= acknowledged.size + 1);
  } finally {
    kube.close();
    await plane.stop();
  }
}

async function createLarge(kube: KubeClient, name: string, acknowledged: Set<string>): Promise<unknown> {
  const data = { large: randomBytes(4_000).toString("hex") };
  try {
    await kube.create({ apiVersion: "v1", kind: "ConfigMap", metadata: { name, namespace: "default" }, data });
    acknowledged.add(name);
    return undefined;
  } catch (error) {
    return error;
  }
}

async function listLarge(kube: KubeClient): Promise<string[]> {
  const { items } = await kube.list({ group: "", kind: "ConfigMap" }, { namespace: "default" });
  return items
    .map(({ metadata }) => metadata.name)
    .filter((name) => /^(before|after)/.test(name))
    .sort();
}

function isStorageFull(object: Parameters<typeof conditionOf>[0]): boolean {
  return conditionOf(object, "StorageOperationFailed").startsWith("True ");
}

/** Files of any name that the storage holds of a namespace's sources. */
function archivesOf({ path }: SmallDisk, ns: string): string[] {
  const files = readdirSync(path, { recursive: true, encoding: "utf8" });
  return files.filter((file) => file.startsWith(`storage/gitrepository/${ns}/`) && file.includes(".tar.gz"));
}
