import { startControlPlane, type ControlPlane } from "@eddy/control-plane";
import { kustomizeGroup } from "@eddy/api";
import { afterAll, beforeAll, expect, test } from "vitest";
import { configMap, createKustomization, createSource, isReadyAt, openBed, type Bed } from "../bad-input/bed.ts";
import { startFaultProxy, type FaultProxy } from "../bad-input/fault-proxy.ts";

let plane: ControlPlane;
let bed: Bed;
let proxies: FaultProxy[];

beforeAll(async () => {
  plane = await startControlPlane();
  bed = await openBed(plane.kubeconfig);
  proxies = [await startFaultProxy(bed.kubeConfig), await startFaultProxy(bed.kubeConfig)];
});
afterAll(async () => {
  await Promise.all(proxies.map((proxy) => proxy.stop()));
  await bed.close();
  await plane.stop();
});

test("shards share the work by label, and fetch what another shard stored", async () => {
  const ns = await bed.namespace();
  const files = { "a/one.yaml": configMap("one", ns, "1"), "b/two.yaml": configMap("two", ns, "1") };
  const { url, commit = "" } = await bed.git.createRepository(ns, files);
  await createSource(bed, ns, "app", { url });
  await createKustomization(bed, ns, "unlabelled", { path: "./a" });
  await createKustomization(bed, ns, "labelled", { path: "./b" });
  const key = { group: kustomizeGroup, kind: "Kustomization", namespace: ns, name: "labelled" };
  await bed.kube.patch(key, "merge", { metadata: { labels: { "sharding.fluxcd.io/key": "shard1" } } });

  const selectors = ["!sharding.fluxcd.io/key", "sharding.fluxcd.io/key=shard1"];
  const servers = await Promise.all(
    proxies.map(({ kubeConfig }, index) =>
      bed.serve({
        kubeConfig,
        watchLabelSelector: selectors[index] ?? "",
        enableLeaderElection: true,
        runtimeNamespace: ns,
      }),
    ),
  );
  for (const name of ["unlabelled", "labelled"])
    await bed.kustomizations.until(ns, name, (object) => isReadyAt(object, commit));
  const touched = proxies.map(({ arrived }) =>
    arrived
      .filter(({ isWrite }) => isWrite)
      .map(({ path }) =>
        path
          .replace(/\/status$/, "")
          .split("/")
          .slice(-2)
          .join("/"),
      ),
  );
  const [main, shard] = touched.map((paths) => [...new Set(paths)].filter((path) => !/events|leases/.test(path)));
  expect(main?.toSorted()).toEqual(["configmaps/one", "gitrepositories/app", "kustomizations/unlabelled"]);
  expect(shard?.toSorted()).toEqual(["configmaps/two", "kustomizations/labelled"]);
  const { items } = await bed.kube.list({ group: "coordination.k8s.io", kind: "Lease" }, { namespace: ns });
  expect(items).toHaveLength(2);
  await Promise.all(servers.map((server) => server.stop()));
});
