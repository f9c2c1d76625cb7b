import type { KubeObject } from "@eddy/core/object";
import { cpu, measured, requestNow, seconds } from "../measure.ts";
import type { Measurement } from "../measurement.ts";
import { observe, type Observer } from "../world/observer.ts";
import type { Peer } from "../world/peers.ts";
import {
  appName,
  gitRepository,
  gitRepositoryKind,
  isReady,
  kustomization,
  kustomizationKind,
  namespace,
  statusOf,
} from "../world/repository.ts";
import { startWorld } from "../world/world.ts";

const count = 100;

/**
 * The workload of Flux's own benchmark, from one repository: `wait: true`, an impersonated account, three substitutions, and a
 * ServiceAccount, a Service, a Deployment without replicas and an Ingress, which kube-controller-manager makes ready. The upgrade
 * changes every Deployment.
 */
export async function wait(peer: Peer): Promise<Measurement[]> {
  const world = await startWorld(peer, { controllerManager: true });
  try {
    await world.client.create(deployerAccount);
    await world.client.create(deployerBinding);
    const { url } = await world.git.createRepository("bench", appFile("100m"));
    const appliers = await observe(world.client, kustomizationKind);
    const sources = await observe(world.client, gitRepositoryKind);
    await world.client.create(gitRepository(url, "1h"));
    await sources.until("the source is ready", (found) => found.size > 0 && [...found.values()].every(isReady), 60_000);
    sources.stop();

    const install = await measured(world, async () => {
      await Promise.all(Array.from({ length: count }, (_, index) => world.client.create(waiting(appName(index)))));
      return allReady(appliers, () => true);
    });
    const head = await world.git.commit("bench", { message: "another request", files: appFile("200m") });
    const upgrade = await measured(world, async () => {
      await world.client.patch({ ...gitRepositoryKind, namespace, name: "bench" }, "merge", requestNow());
      return allReady(appliers, (object) => statusOf(object).lastAppliedRevision?.endsWith(head) ?? false);
    });
    appliers.stop();
    const what = `${count} Kustomizations with wait and a Deployment`;
    return [
      seconds(`${what}: installed`, install.seconds, "≤ 5"),
      cpu(`${what}: installed, CPU`, install.cpuSeconds),
      seconds(`${what}: upgraded`, upgrade.seconds, "≤ 5"),
      cpu(`${what}: upgraded, CPU`, upgrade.cpuSeconds),
    ];
  } finally {
    await world.stop();
  }
}

function waiting(name: string): KubeObject {
  return kustomization(name, {
    path: "./app",
    wait: true,
    timeout: "1m",
    retryInterval: "2m",
    targetNamespace: namespace,
    serviceAccountName: "deployer",
    postBuild: { substitute: { NAME: name, HOST: `${name}.example.org`, TEAM: "bench" } },
  });
}

function allReady(appliers: Observer, test: (object: KubeObject) => boolean): Promise<number> {
  return appliers.until(
    `${count} Kustomizations are ready`,
    (found) => found.size === count && [...found.values()].every((object) => isReady(object) && test(object)),
    300_000,
  );
}

const deployerAccount = { apiVersion: "v1", kind: "ServiceAccount", metadata: { name: "deployer", namespace } };

const deployerBinding = {
  apiVersion: "rbac.authorization.k8s.io/v1",
  kind: "RoleBinding",
  metadata: { name: "deployer", namespace },
  roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: "cluster-admin" },
  subjects: [{ kind: "ServiceAccount", name: "deployer", namespace }],
};

function appFile(cpuRequest: string): Record<string, string> {
  return {
    "app/app.yaml": `apiVersion: v1
kind: ServiceAccount
metadata:
  name: \${NAME}
---
apiVersion: v1
kind: Service
metadata:
  name: \${NAME}
spec:
  selector: { app: "\${NAME}" }
  ports: [{ name: http, port: 80, targetPort: http }]
---
apiVersion: apps/v1
kind: Deployment
metadata:
  name: \${NAME}
  labels: { team: "\${TEAM}" }
spec:
  replicas: 0
  selector: { matchLabels: { app: "\${NAME}" } }
  template:
    metadata: { labels: { app: "\${NAME}" } }
    spec:
      serviceAccountName: \${NAME}
      containers:
        - name: app
          image: example.org/app:1
          ports: [{ name: http, containerPort: 8080 }]
          resources: { requests: { cpu: ${cpuRequest}, memory: 64Mi } }
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: \${NAME}
spec:
  rules:
    - host: \${HOST}
      http:
        paths:
          - { path: /, pathType: Prefix, backend: { service: { name: "\${NAME}", port: { name: http } } } }
`,
  };
}
