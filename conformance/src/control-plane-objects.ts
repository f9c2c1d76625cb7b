import type { JsonObject } from "@eddy/core/json";

/** Random choices and objects from one seed. */
export interface Random {
  below(limit: number): number;
  pick<T>(items: readonly T[]): T;
  metadata(): JsonObject;
  kind(): { path: string; make: () => JsonObject };
}

/** The same choices for the same seed, on any machine. */
export function randomFrom(seed: number): Random {
  let state = seed & 0x7fffffff;
  const below = (limit: number): number => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff;
    return (state >> 8) % limit;
  };
  const pick = <T>(items: readonly T[]): T => items[below(items.length)] as T;
  const some = <T>(items: readonly T[]): T[] => items.filter(() => below(2) === 1);
  const perhaps = (key: string, make: () => JsonObject[string], oneIn = 2): JsonObject =>
    below(oneIn) === 0 ? { [key]: make() } : {};
  const texts = (keys: readonly string[]): JsonObject =>
    Object.fromEntries(some(keys).map((key) => [key, pick(["1", "2"])]));
  const metadata = (): JsonObject => ({
    ...perhaps("labels", () => texts(["a", "b"])),
    ...perhaps("annotations", () => texts(["p", "q"])),
  });
  const port = (number: number): JsonObject => ({
    containerPort: number,
    ...perhaps("protocol", () => pick(["TCP", "UDP"]), 3),
    ...perhaps("name", () => `p${number}`),
  });
  const container = (name: string): JsonObject => ({
    name,
    image: pick(["a:1", "b", "c@sha256:aa"]),
    ...perhaps("ports", () => some([80, 81]).map(port)),
    ...perhaps("env", () => some(["A", "B", "C"]).map((each) => ({ name: each, value: pick(["1", "2", ""]) }))),
    ...perhaps("args", () => pick([[], ["a"], ["a", "b"]])),
    ...perhaps("resources", () => ({
      limits: { memory: pick(["1Gi", "1024Mi", "512Mi"]), cpu: pick(["1", "1000m", "0.5"]) },
    })),
    ...perhaps("livenessProbe", () => ({ httpGet: { port: 80, path: pick(["/", "/x"]) } }), 3),
  });
  const deployment = (): JsonObject => ({
    apiVersion: "apps/v1",
    kind: "Deployment",
    spec: {
      ...perhaps("replicas", () => pick([1, 2, 0])),
      ...perhaps("paused", () => true, 4),
      ...perhaps("strategy", () => pick<JsonObject>([{ type: "Recreate" }, { rollingUpdate: { maxSurge: 1 } }, {}]), 3),
      selector: { matchLabels: { app: "w" } },
      template: {
        metadata: { labels: { app: "w", ...perhaps("z", () => "1") } },
        spec: {
          containers: [container("c"), ...some(["d", "e"]).map(container)],
          ...perhaps(
            "volumes",
            () => pick<JsonObject[]>([[], [{ name: "v", emptyDir: {} }], [{ name: "v", configMap: { name: "q" } }]]),
            3,
          ),
          ...perhaps("nodeSelector", () => pick<JsonObject>([{}, { a: "b" }]), 4),
        },
      },
    },
  });
  const service = (): JsonObject => ({
    apiVersion: "v1",
    kind: "Service",
    spec: {
      selector: { a: "b" },
      ...perhaps("type", () => pick(["ClusterIP", "NodePort", "LoadBalancer"]), 3),
      ports: [80, ...some([81])].map((number) => ({
        port: number,
        name: `n${number}`,
        ...perhaps("targetPort", () => pick([8080, "http"]), 3),
      })),
    },
  });
  const kinds = [
    {
      path: "/api/v1/namespaces/{ns}/configmaps",
      make: (): JsonObject => ({
        apiVersion: "v1",
        kind: "ConfigMap",
        ...perhaps("data", () => texts(["a", "b", "c"])),
      }),
    },
    { path: "/apis/apps/v1/namespaces/{ns}/deployments", make: deployment },
    { path: "/api/v1/namespaces/{ns}/services", make: service },
  ];
  return { below, pick, metadata, kind: () => pick(kinds) };
}
