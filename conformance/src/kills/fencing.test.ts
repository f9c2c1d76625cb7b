import { startControlPlane, type ControlPlane } from "@eddy/control-plane";
import type { KubeObject } from "@eddy/core/object";
import { afterAll, beforeAll, expect, test } from "vitest";
import {
  configMap,
  createKustomization,
  createSource,
  isReadyAt,
  openBed,
  requestSource,
  valueOf,
  type Bed,
} from "../bad-input/bed.ts";
import { startFaultProxy, type Fault, type FaultProxy } from "../bad-input/fault-proxy.ts";
import { watchKind, type Watched } from "../bad-input/watched.ts";

let plane: ControlPlane;
let bed: Bed;
let proxy: FaultProxy;
let leases: Watched<KubeObject>;

beforeAll(async () => {
  plane = await startControlPlane();
  bed = await openBed(plane.kubeconfig);
  proxy = await startFaultProxy(bed.kubeConfig);
  leases = watchKind<KubeObject>(bed.kube, { group: "coordination.k8s.io", kind: "Lease" });
  await leases.synced;
});
afterAll(async () => {
  leases.stop();
  await proxy.stop();
  await bed.close();
  await plane.stop();
});

// Long enough that nobody loses a lease because the machine is busy, but only where it is made to.
const times = {
  enableLeaderElection: true,
  leaderElectionLeaseDurationMs: 2_000,
  leaderElectionRenewDeadlineMs: 1_700,
  leaderElectionRetryPeriodMs: 100,
};
const holderOf = (lease: KubeObject | undefined): string =>
  (lease?.["spec"] as { holderIdentity?: string } | undefined)?.holderIdentity ?? "";

test("a process that loses its lease in the middle of a pass writes nothing more, and another one finishes", async () => {
  const ns = await bed.namespace();
  const files = (value: string): Record<string, string> => ({
    "one.yaml": configMap("one", ns, value),
    "two.yaml": configMap("two", ns, value),
  });
  const { url, commit: first = "" } = await bed.git.createRepository(ns, files("1"));
  await createSource(bed, ns, "app", { url });
  await createKustomization(bed, ns, "app");
  const one = await bed.serve({ ...times, runtimeNamespace: ns, kubeConfig: proxy.kubeConfig });
  await bed.kustomizations.until(ns, "app", (object) => isReadyAt(object, first));
  const { metadata } = await leases.untilAny(ns, "a held Lease", (lease) => holderOf(lease) !== "");
  const former = holderOf(leases.get(ns, metadata.name));
  const two = await bed.serve({ ...times, runtimeNamespace: ns });

  // From the first dry-run of the next commit on, the API server is slow for one of the two, and deaf to its renewals.
  let isDeaf = false;
  const answered = Promise.withResolvers<void>();
  proxy.set(({ method, path, isWrite }): Fault => {
    if (!isDeaf && (method !== "PATCH" || isWrite || !path.includes("/configmaps/"))) return "pass";
    isDeaf = true;
    if (path.includes("/leases/")) return "cut";
    if (method === "PATCH" && !isWrite) {
      answered.resolve();
      return { delayMs: 4_000 };
    }
    return "pass";
  });
  const second = await bed.git.commit(ns, { files: files("2"), message: "second" });
  await requestSource(bed, ns, "app");
  await answered.promise;
  await leases.until(ns, metadata.name, (lease) => holderOf(lease) !== "" && holderOf(lease) !== former);
  const before = proxy.arrived.length;
  await bed.kustomizations.until(ns, "app", (object) => isReadyAt(object, second));
  await bed.configMaps.until(ns, "two", (object) => valueOf(object) === "2");
  await proxy.settled();
  const writes = proxy.arrived.slice(before).filter(({ isWrite, path }) => isWrite && !path.endsWith("/events"));
  expect(writes).toEqual([]);
  expect(bed.kustomizations.get(ns, "app")?.status?.inventory?.entries).toHaveLength(2);
  await Promise.all([one.stop(), two.stop()]);
});
