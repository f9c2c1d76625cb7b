/** The cases, from the list of Kubernetes behaviours that clients depend on. One line or a few a case. */
import type { ContractCase, Step } from "./contract.ts";

const core = "/api/v1/namespaces/{ns}";
const apps = "/apis/apps/v1/namespaces/{ns}";

const get = (path: string, headers: Record<string, string> = {}): Step => ({ method: "GET", path, headers });
const post = (path: string, body: unknown): Step => ({ method: "POST", path, body });
const put = (path: string, body: unknown): Step => ({ method: "PUT", path, body });
const remove = (path: string, body?: unknown): Step => ({
  method: "DELETE",
  path,
  ...(body === undefined ? {} : { body }),
});
const merge = (path: string, body: unknown): Step => ({ method: "PATCH", path, body });
const strategic = (path: string, body: unknown): Step => ({
  method: "PATCH",
  path,
  body,
  type: "application/strategic-merge-patch+json",
});
const jsonPatch = (path: string, body: unknown): Step => ({
  method: "PATCH",
  path,
  body,
  type: "application/json-patch+json",
});
const apply = (path: string, body: unknown, manager = "m1", more = ""): Step => ({
  method: "PATCH",
  path: `${path}?fieldManager=${manager}${more}`,
  body,
  type: "application/apply-patch+yaml",
});

const configMap = (name: string, data: Record<string, string> = { a: "1" }, metadata: object = {}): object => ({
  apiVersion: "v1",
  kind: "ConfigMap",
  metadata: { name, ...metadata },
  data,
});
const maps = `${core}/configmaps`;

const container = { name: "c", image: "nginx:1.25", ports: [{ containerPort: 80 }] };
const deployment = (name: string, spec: object = {}, podSpec: object = { containers: [container] }): object => ({
  apiVersion: "apps/v1",
  kind: "Deployment",
  metadata: { name },
  spec: {
    selector: { matchLabels: { app: name } },
    template: { metadata: { labels: { app: name } }, spec: podSpec },
    ...spec,
  },
});
const deployments = `${apps}/deployments`;
const template = { metadata: { labels: { app: "w" } }, spec: { containers: [container] } };
const selector = { matchLabels: { app: "w" } };
const table = { accept: "application/json;as=Table;v=v1;g=meta.k8s.io,application/json" };

/** One minimal object of many kinds: what defaults are. */
const minimal: readonly (readonly [name: string, path: string, body: object])[] = [
  ["configmap", maps, configMap("x")],
  [
    "secret with stringData",
    `${core}/secrets`,
    { apiVersion: "v1", kind: "Secret", metadata: { name: "x" }, stringData: { k: "v" } },
  ],
  [
    "service",
    `${core}/services`,
    { apiVersion: "v1", kind: "Service", metadata: { name: "x" }, spec: { ports: [{ port: 80 }] } },
  ],
  [
    "headless service",
    `${core}/services`,
    {
      apiVersion: "v1",
      kind: "Service",
      metadata: { name: "x" },
      spec: { clusterIP: "None", selector: { a: "b" }, ports: [{ port: 80 }] },
    },
  ],
  [
    "nodeport service",
    `${core}/services`,
    { apiVersion: "v1", kind: "Service", metadata: { name: "x" }, spec: { type: "NodePort", ports: [{ port: 80 }] } },
  ],
  [
    "load balancer service",
    `${core}/services`,
    {
      apiVersion: "v1",
      kind: "Service",
      metadata: { name: "x" },
      spec: { type: "LoadBalancer", ports: [{ port: 80 }] },
    },
  ],
  [
    "external service",
    `${core}/services`,
    { apiVersion: "v1", kind: "Service", metadata: { name: "x" }, spec: { type: "ExternalName", externalName: "a.b" } },
  ],
  ["serviceaccount", `${core}/serviceaccounts`, { apiVersion: "v1", kind: "ServiceAccount", metadata: { name: "x" } }],
  [
    "pod",
    `${core}/pods`,
    {
      apiVersion: "v1",
      kind: "Pod",
      metadata: { name: "x" },
      spec: {
        serviceAccountName: "default",
        containers: [{ ...container, resources: { limits: { cpu: "0.5", memory: "1024Mi" } } }],
      },
    },
  ],
  [
    "pod with volumes",
    `${core}/pods`,
    {
      apiVersion: "v1",
      kind: "Pod",
      metadata: { name: "x" },
      spec: {
        serviceAccountName: "default",
        volumes: [{ name: "a" }, { name: "b", configMap: { name: "c" } }, { name: "d", secret: { secretName: "s" } }],
        containers: [
          {
            name: "c",
            image: "a",
            volumeMounts: [{ name: "a", mountPath: "/a" }],
            livenessProbe: { httpGet: { port: 80 } },
            env: [{ name: "N", valueFrom: { fieldRef: { fieldPath: "metadata.name" } } }],
          },
        ],
      },
    },
  ],
  [
    "claim",
    `${core}/persistentvolumeclaims`,
    {
      apiVersion: "v1",
      kind: "PersistentVolumeClaim",
      metadata: { name: "x" },
      spec: { accessModes: ["ReadWriteOnce"], resources: { requests: { storage: "1Gi" } } },
    },
  ],
  [
    "limitrange",
    `${core}/limitranges`,
    {
      apiVersion: "v1",
      kind: "LimitRange",
      metadata: { name: "x" },
      spec: { limits: [{ type: "PersistentVolumeClaim", max: { storage: "2Gi" } }] },
    },
  ],
  [
    "endpoints",
    `${core}/endpoints`,
    {
      apiVersion: "v1",
      kind: "Endpoints",
      metadata: { name: "x" },
      subsets: [{ addresses: [{ ip: "10.1.2.3" }], ports: [{ port: 80 }] }],
    },
  ],
  [
    "event",
    `${core}/events`,
    {
      apiVersion: "v1",
      kind: "Event",
      metadata: { name: "x" },
      involvedObject: { kind: "Pod", name: "p", namespace: "{ns}" },
      reason: "R",
      message: "m",
      type: "Normal",
    },
  ],
  ["deployment", deployments, deployment("w")],
  [
    "replicaset",
    `${apps}/replicasets`,
    { apiVersion: "apps/v1", kind: "ReplicaSet", metadata: { name: "w" }, spec: { selector, template } },
  ],
  [
    "statefulset",
    `${apps}/statefulsets`,
    {
      apiVersion: "apps/v1",
      kind: "StatefulSet",
      metadata: { name: "w" },
      spec: {
        selector,
        template,
        volumeClaimTemplates: [
          {
            metadata: { name: "d" },
            spec: { accessModes: ["ReadWriteOnce"], resources: { requests: { storage: "1Gi" } } },
          },
        ],
      },
    },
  ],
  [
    "daemonset",
    `${apps}/daemonsets`,
    { apiVersion: "apps/v1", kind: "DaemonSet", metadata: { name: "w" }, spec: { selector, template } },
  ],
  [
    "job",
    "/apis/batch/v1/namespaces/{ns}/jobs",
    {
      apiVersion: "batch/v1",
      kind: "Job",
      metadata: { name: "w" },
      spec: { template: { spec: { restartPolicy: "Never", containers: [{ name: "c", image: "a:1" }] } } },
    },
  ],
  [
    "cronjob",
    "/apis/batch/v1/namespaces/{ns}/cronjobs",
    {
      apiVersion: "batch/v1",
      kind: "CronJob",
      metadata: { name: "w" },
      spec: {
        schedule: "* * * * *",
        jobTemplate: {
          spec: { template: { spec: { restartPolicy: "Never", containers: [{ name: "c", image: "a:1" }] } } },
        },
      },
    },
  ],
  [
    "ingress",
    "/apis/networking.k8s.io/v1/namespaces/{ns}/ingresses",
    {
      apiVersion: "networking.k8s.io/v1",
      kind: "Ingress",
      metadata: { name: "x" },
      spec: {
        rules: [
          {
            host: "a.b",
            http: {
              paths: [{ path: "/", pathType: "Prefix", backend: { service: { name: "s", port: { number: 80 } } } }],
            },
          },
        ],
      },
    },
  ],
  [
    "networkpolicy",
    "/apis/networking.k8s.io/v1/namespaces/{ns}/networkpolicies",
    {
      apiVersion: "networking.k8s.io/v1",
      kind: "NetworkPolicy",
      metadata: { name: "x" },
      spec: { podSelector: {}, egress: [{ ports: [{ port: 53 }] }] },
    },
  ],
  [
    "hpa",
    "/apis/autoscaling/v2/namespaces/{ns}/horizontalpodautoscalers",
    {
      apiVersion: "autoscaling/v2",
      kind: "HorizontalPodAutoscaler",
      metadata: { name: "x" },
      spec: { maxReplicas: 3, scaleTargetRef: { kind: "Deployment", name: "d", apiVersion: "apps/v1" } },
    },
  ],
  [
    "pdb",
    "/apis/policy/v1/namespaces/{ns}/poddisruptionbudgets",
    {
      apiVersion: "policy/v1",
      kind: "PodDisruptionBudget",
      metadata: { name: "x" },
      spec: { minAvailable: 1, selector },
    },
  ],
  [
    "role",
    "/apis/rbac.authorization.k8s.io/v1/namespaces/{ns}/roles",
    {
      apiVersion: "rbac.authorization.k8s.io/v1",
      kind: "Role",
      metadata: { name: "x:y" },
      rules: [{ apiGroups: [""], resources: ["pods"], verbs: ["get"] }],
    },
  ],
  [
    "rolebinding",
    "/apis/rbac.authorization.k8s.io/v1/namespaces/{ns}/rolebindings",
    {
      apiVersion: "rbac.authorization.k8s.io/v1",
      kind: "RoleBinding",
      metadata: { name: "x" },
      roleRef: { kind: "Role", name: "r" },
      subjects: [
        { kind: "User", name: "u" },
        { kind: "ServiceAccount", name: "s", namespace: "{ns}" },
      ],
    },
  ],
  [
    "lease",
    "/apis/coordination.k8s.io/v1/namespaces/{ns}/leases",
    {
      apiVersion: "coordination.k8s.io/v1",
      kind: "Lease",
      metadata: { name: "x" },
      spec: { holderIdentity: "a", renewTime: "2026-01-02T03:04:05.678000Z" },
    },
  ],
  [
    "endpointslice",
    "/apis/discovery.k8s.io/v1/namespaces/{ns}/endpointslices",
    {
      apiVersion: "discovery.k8s.io/v1",
      kind: "EndpointSlice",
      metadata: { name: "x" },
      addressType: "IPv4",
      endpoints: [{ addresses: ["10.1.2.3"] }],
      ports: [{ port: 80 }],
    },
  ],
];

const definition = (group: string, status: object = {}): object => ({
  apiVersion: "apiextensions.k8s.io/v1",
  kind: "CustomResourceDefinition",
  metadata: { name: `widgets.${group}` },
  spec: {
    group,
    scope: "Namespaced",
    names: { plural: "widgets", kind: "Widget" },
    versions: [
      {
        name: "v1",
        served: true,
        storage: true,
        subresources: { status: {} },
        additionalPrinterColumns: [{ name: "Size", type: "integer", jsonPath: ".spec.size" }],
        schema: {
          openAPIV3Schema: {
            type: "object",
            properties: {
              spec: {
                type: "object",
                required: ["size"],
                properties: {
                  size: { type: "integer", minimum: 1 },
                  color: { type: "string", enum: ["red", "blue"], default: "red" },
                  tags: { type: "array", items: { type: "string" }, "x-kubernetes-list-type": "set" },
                  parts: {
                    type: "array",
                    items: {
                      type: "object",
                      required: ["name"],
                      properties: { name: { type: "string" }, count: { type: "integer" } },
                    },
                    "x-kubernetes-list-type": "map",
                    "x-kubernetes-list-map-keys": ["name"],
                  },
                },
              },
              status: { type: "object", properties: { ready: { type: "boolean" } }, ...status },
            },
          },
        },
      },
    ],
  },
});
const widget = (spec: object): object => ({
  apiVersion: "{ns}.example.com/v1",
  kind: "Widget",
  metadata: { name: "w" },
  spec,
});
const widgets = "/apis/{ns}.example.com/v1/namespaces/{ns}/widgets";
const definitions = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";
const defined: readonly Step[] = [
  { ...post(definitions, definition("{ns}.example.com")), statusOnly: true },
  { ...get(widgets), until: 200, statusOnly: true },
];
const definedWithStatus: readonly Step[] = [
  { ...post(definitions, definition("{ns}.example.com", { default: { ready: false } })), statusOnly: true },
  { ...get(widgets), until: 200, statusOnly: true },
];
const undefinedAgain: Step = { ...remove(`${definitions}/widgets.{ns}.example.com`), statusOnly: true };

/** All cases. */
export const contractCases: readonly ContractCase[] = [
  ...minimal.map(([name, path, body]): ContractCase => ({
    name: `create minimal ${name}`,
    steps: [
      post(path, body),
      get(`${path}?fieldSelector=metadata.name%3D${(body as { metadata: { name: string } }).metadata.name}`, table),
    ],
  })),
  {
    name: "version and unknown paths",
    steps: [
      { ...get("/version"), statusOnly: true },
      get("/livez"),
      get("/readyz"),
      get("/nope"),
      get("/apis/nope.example.com/v1"),
      get("/api/v1/nopes"),
      get(`${maps}/x/nope`),
    ],
  },
  { name: "plain discovery", steps: [get("/apis/apps/v1"), get("/apis/apps"), get("/apis/batch/v1")] },
  { name: "get missing", steps: [get(`${maps}/x`), get(`${deployments}/x`), get("/api/v1/namespaces/{ns2}")] },
  { name: "create twice", steps: [post(maps, configMap("x")), post(maps, configMap("x"))] },
  { name: "create in a missing namespace", steps: [post("/api/v1/namespaces/{ns2}/configmaps", configMap("x"))] },
  { name: "create with another namespace", steps: [post(maps, configMap("x", {}, { namespace: "default" }))] },
  {
    name: "create with generateName",
    steps: [post(maps, { apiVersion: "v1", kind: "ConfigMap", metadata: { generateName: "g-" } })],
  },
  { name: "create without name", steps: [post(maps, { apiVersion: "v1", kind: "ConfigMap", metadata: {} })] },
  {
    name: "create with a bad name",
    steps: [
      post(maps, configMap("Bad_Name")),
      post(`${core}/services`, {
        apiVersion: "v1",
        kind: "Service",
        metadata: { name: "a.b" },
        spec: { ports: [{ port: 80 }] },
      }),
      post("/api/v1/namespaces", { apiVersion: "v1", kind: "Namespace", metadata: { name: "a.b" } }),
    ],
  },
  {
    // One each: of several the original tells in the chance order of a Go map.
    name: "create with a bad label",
    steps: [
      post(maps, configMap("x", {}, { labels: { "a/b/c": "x" } })),
      post(maps, configMap("x", {}, { labels: { ok: "not ok!" } })),
    ],
  },
  {
    name: "create with another kind or version",
    steps: [
      post(maps, { apiVersion: "v1", kind: "Secret", metadata: { name: "x" } }),
      post(deployments, { ...deployment("w"), apiVersion: "apps/v2" }),
    ],
  },
  {
    name: "server-set metadata is ignored",
    steps: [
      post(
        maps,
        configMap(
          "x",
          {},
          { uid: "00000000-0000-0000-0000-000000000001", creationTimestamp: "2001-01-01T00:00:00Z", generation: 7 },
        ),
      ),
    ],
  },
  {
    name: "unknown fields",
    steps: [
      post(`${maps}?fieldValidation=Warn`, { ...configMap("x"), zz: 1 }),
      post(`${maps}?fieldValidation=Strict`, { ...configMap("y"), zz: 1 }),
      post(
        `${deployments}?fieldValidation=Strict`,
        deployment("w", { zz: 1 }, { containers: [{ ...container, yy: 2 }] }),
      ),
      post(`${maps}?fieldValidation=Ignore`, { ...configMap("z"), zz: 1 }),
    ],
  },
  {
    name: "duplicate fields",
    steps: [
      post(
        `${maps}?fieldValidation=Strict`,
        '{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"x","name":"x"},"data":{"a":"1","a":"2"}}',
      ),
    ],
  },
  {
    name: "wrong types",
    steps: [
      post(deployments, deployment("w", { replicas: "two" })),
      post(maps, { ...configMap("x"), data: { a: 1 } }),
      post(deployments, deployment("w", {}, { containers: { name: "c" } })),
    ],
  },
  {
    name: "a lease with milliseconds",
    steps: [
      post("/apis/coordination.k8s.io/v1/namespaces/{ns}/leases", {
        apiVersion: "coordination.k8s.io/v1",
        kind: "Lease",
        metadata: { name: "x" },
        spec: { renewTime: "2026-01-02T03:04:05.678Z" },
      }),
    ],
  },
  {
    name: "bad bodies",
    steps: [
      { ...post(maps, "{"), statusOnly: true },
      { ...post(maps, configMap("x")), type: "text/plain" },
    ],
  },
  {
    name: "yaml body",
    steps: [
      {
        ...post(maps, "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: x\ndata:\n  a: b\n"),
        type: "application/yaml",
      },
    ],
  },
  {
    name: "put",
    steps: [
      post(maps, configMap("x")),
      put(`${maps}/x`, configMap("x", { b: "2" })),
      put(`${maps}/x`, configMap("x", { b: "3" }, { resourceVersion: "1" })),
      put(`${maps}/y`, configMap("x")),
      put(`${maps}/y`, configMap("y")),
    ],
  },
  { name: "put of a no-op keeps everything", steps: [post(maps, configMap("x")), put(`${maps}/x`, configMap("x"))] },
  {
    name: "put with another uid",
    steps: [
      post(maps, configMap("x")),
      put(`${maps}/x`, configMap("x", {}, { uid: "00000000-0000-0000-0000-000000000001" })),
    ],
  },
  {
    name: "put creates a lease",
    steps: [
      put("/apis/coordination.k8s.io/v1/namespaces/{ns}/leases/l", {
        apiVersion: "coordination.k8s.io/v1",
        kind: "Lease",
        metadata: { name: "l" },
      }),
    ],
  },
  {
    name: "dry run",
    steps: [
      post(`${maps}?dryRun=All`, configMap("x")),
      get(`${maps}/x`),
      post(maps, configMap("x")),
      { ...merge(`${maps}/x?dryRun=All`, { data: { b: "2" } }) },
      remove(`${maps}/x?dryRun=All`),
      get(`${maps}/x`),
      post(`${maps}?dryRun=Some`, configMap("y")),
    ],
  },
  {
    name: "generation",
    steps: [
      post(deployments, deployment("w")),
      merge(`${deployments}/w`, { metadata: { labels: { a: "b" } } }),
      merge(`${deployments}/w`, { spec: { replicas: 3 } }),
      merge(`${deployments}/w/status`, { status: { observedGeneration: 2, replicas: 1 }, spec: { replicas: 9 } }),
      merge(`${deployments}/w`, { status: { replicas: 5 } }),
    ],
  },
  {
    name: "immutable fields",
    steps: [
      post(deployments, deployment("w")),
      merge(`${deployments}/w`, {
        spec: { selector: { matchLabels: { app: "w", b: "c" } }, template: { metadata: { labels: { b: "c" } } } },
      }),
      post(`${core}/secrets`, { apiVersion: "v1", kind: "Secret", metadata: { name: "s" }, type: "Opaque" }),
      merge(`${core}/secrets/s`, { type: "other" }),
      post(maps, { ...configMap("x"), immutable: true }),
      merge(`${maps}/x`, { data: { a: "2" } }),
    ],
  },
  {
    name: "invalid deployment",
    steps: [
      post(deployments, deployment("w", { selector: { matchLabels: { app: "other" } } })),
      post(deployments, deployment("w", {}, { containers: [] })),
      post(deployments, deployment("w", {}, { containers: [{ name: "c" }, { name: "c", image: "a" }] })),
      post(deployments, deployment("w", { replicas: -1 })),
    ],
  },
  {
    name: "invalid service",
    steps: [
      post(`${core}/services`, {
        apiVersion: "v1",
        kind: "Service",
        metadata: { name: "x" },
        spec: { ports: [{ port: 80 }, { port: 81 }] },
      }),
      post(`${core}/services`, { apiVersion: "v1", kind: "Service", metadata: { name: "x" }, spec: {} }),
      post(`${core}/services`, {
        apiVersion: "v1",
        kind: "Service",
        metadata: { name: "x" },
        spec: { ports: [{ port: 70_000 }] },
      }),
    ],
  },
  {
    name: "selectors",
    steps: [
      post(maps, configMap("a", {}, { labels: { x: "1" } })),
      post(maps, configMap("b", {}, { labels: { x: "2", y: "" } })),
      ...["x=1", "x==2", "x!=1,x", "x in (1,2)", "x notin (1),x", "y", "!x,x", "x,y"].map((text) =>
        get(`${maps}?labelSelector=${encodeURIComponent(text)}`),
      ),
      ...["metadata.name=a", "metadata.name!=a,metadata.name!=kube-root-ca.crt", "data.a=1"].map((text) =>
        get(`${maps}?fieldSelector=${encodeURIComponent(text)}`),
      ),
      { ...get(`${maps}?labelSelector=x%20in%20(1`), statusOnly: true },
      get(`${core}/pods?fieldSelector=bogus%3D1`),
      get("/apis/batch/v1/namespaces/{ns}/jobs?fieldSelector=bogus%3D1"),
    ],
  },
  {
    name: "list and resource versions",
    steps: [
      post(maps, configMap("a")),
      get(`${maps}?fieldSelector=metadata.name%3Da`),
      get(`${maps}?resourceVersion=0&fieldSelector=metadata.name%3Da`),
      get(`${maps}?resourceVersion=99999999`),
      get(`${maps}?resourceVersion=x`),
      get(`${maps}?resourceVersionMatch=Exact`),
      get(`${maps}?continue=bogus`),
    ],
  },
  {
    name: "partial metadata",
    steps: [
      post(maps, configMap("a")),
      get(`${maps}/a`, { accept: "application/json;as=PartialObjectMetadata;v=v1;g=meta.k8s.io" }),
      get(`${maps}?fieldSelector=metadata.name%3Da`, {
        accept: "application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io",
      }),
    ],
  },
  { name: "not acceptable", steps: [get(maps, { accept: "text/html" })] },
  {
    name: "watch from nothing",
    steps: [
      post(maps, configMap("a")),
      get(`${maps}?watch=true&timeoutSeconds=1&fieldSelector=metadata.name%3Da`),
      get(
        `${maps}?watch=true&timeoutSeconds=1&sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true&labelSelector=none%3Dhere`,
      ),
      get(`${maps}?watch=true&sendInitialEvents=true`),
      get(`${maps}?watch=true&resourceVersionMatch=Exact&resourceVersion=1`),
    ],
  },
  {
    name: "json patch",
    steps: [
      post(maps, configMap("x", { a: "1", "b/c": "2" })),
      jsonPatch(`${maps}/x`, [
        { op: "replace", path: "/data/a", value: "9" },
        { op: "remove", path: "/data/b~1c" },
        { op: "add", path: "/data/d", value: "4" },
      ]),
      jsonPatch(`${maps}/x`, [{ op: "test", path: "/data/a", value: "no" }]),
      jsonPatch(`${maps}/x`, [{ op: "remove", path: "/data/none" }]),
      jsonPatch(`${maps}/x`, { op: "add" }),
    ],
  },
  {
    name: "merge patch",
    steps: [
      post(maps, configMap("x", { a: "1", b: "2" })),
      merge(`${maps}/x`, { data: { a: null, c: "3" } }),
      merge(`${maps}/none`, {}),
      merge(`${maps}/x`, { metadata: { name: "y" } }),
      { ...merge(`${maps}/x`, {}), type: "text/plain" },
    ],
  },
  {
    name: "strategic merge patch",
    steps: [
      post(deployments, deployment("w", {}, { containers: [container, { name: "d", image: "b:1" }] })),
      strategic(`${deployments}/w`, {
        spec: {
          template: {
            spec: { containers: [{ name: "c", image: "nginx:2", ports: [{ containerPort: 81, name: "b" }] }] },
          },
        },
      }),
      strategic(`${deployments}/w`, {
        spec: { template: { spec: { containers: [{ name: "d", $patch: "delete" }] } } },
      }),
      strategic(`${deployments}/w`, { spec: { strategy: { $retainKeys: ["type"], type: "Recreate" } } }),
    ],
  },
  {
    name: "scale",
    steps: [
      post(deployments, deployment("w")),
      get(`${deployments}/w/scale`),
      merge(`${deployments}/w/scale`, { spec: { replicas: 4 } }),
      merge(`${deployments}/w/scale`, { spec: { replicas: -1 } }),
      get(`${deployments}/w`),
    ],
  },
  {
    name: "apply creates and repeats",
    steps: [
      apply(`${maps}/x`, configMap("x")),
      apply(`${maps}/x`, configMap("x")),
      apply(`${maps}/x`, configMap("x", { a: "2" })),
      apply(`${maps}/x`, configMap("x", {})),
    ],
  },
  {
    name: "apply conflicts",
    steps: [
      apply(`${maps}/x`, configMap("x", { a: "1", b: "1" })),
      apply(`${maps}/x`, configMap("x", { a: "2" }), "m2"),
      apply(`${maps}/x`, configMap("x", { a: "2", b: "2" }), "m2"),
      apply(`${maps}/x`, configMap("x", { a: "2" }), "m2", "&force=true"),
      apply(`${maps}/x`, configMap("x", { b: "1" })),
    ],
  },
  {
    name: "apply shared fields",
    steps: [
      apply(`${maps}/x`, configMap("x")),
      apply(`${maps}/x`, configMap("x"), "m2"),
      apply(`${maps}/x`, configMap("x", {})),
      apply(`${maps}/x`, configMap("x", {}), "m2"),
    ],
  },
  {
    name: "apply over a created object",
    steps: [
      post(maps, configMap("x")),
      apply(`${maps}/x`, configMap("x", { b: "2" })),
      apply(`${maps}/x`, configMap("x", { a: "2" })),
      merge(`${maps}/x?fieldManager=m3`, { data: { b: "3" } }),
      apply(`${maps}/x`, configMap("x", { b: "2" })),
    ],
  },
  {
    name: "apply deployment",
    steps: [
      apply(`${deployments}/w`, deployment("w")),
      apply(`${deployments}/w`, deployment("w")),
      apply(`${deployments}/w`, deployment("w", { replicas: 2 })),
      apply(
        `${deployments}/w`,
        deployment("w", {}, { containers: [{ ...container, resources: { limits: { memory: "1024Mi" } } }] }),
      ),
      apply(
        `${deployments}/w`,
        deployment(
          "w",
          {},
          {
            containers: [
              { name: "c", image: "nginx:1.25", ports: [{ containerPort: 81 }] },
              { name: "e", image: "a:1" },
            ],
          },
        ),
        "m2",
      ),
      apply(`${deployments}/w`, deployment("w", {}, { containers: [{ name: "d", image: "a:1" }] })),
    ],
  },
  {
    name: "apply refused",
    steps: [
      { method: "PATCH", path: `${maps}/x`, body: configMap("x"), type: "application/apply-patch+yaml" },
      apply(`${maps}/x`, { ...configMap("x"), zz: 1 }),
      apply(`${maps}/x`, { ...configMap("x"), apiVersion: "v2" }),
      apply(`${maps}/x`, configMap("y")),
      apply(`${maps}/x`, configMap("x", {}, { managedFields: [{}] })),
      apply(`${maps}/x`, configMap("x", {}, { uid: "00000000-0000-0000-0000-000000000001" })),
      apply(`${maps}/x`, configMap("x"), "m1", "&dryRun=All"),
      get(`${maps}/x`),
    ],
  },
  {
    name: "apply status",
    steps: [
      apply(`${deployments}/w`, deployment("w")),
      apply(
        `${deployments}/w/status`,
        {
          apiVersion: "apps/v1",
          kind: "Deployment",
          metadata: { name: "w" },
          status: { replicas: 1, observedGeneration: 1 },
        },
        "ctrl",
      ),
    ],
  },
  {
    name: "managedFields reset",
    steps: [
      apply(`${maps}/x`, configMap("x")),
      merge(`${maps}/x`, { metadata: { managedFields: [{}] } }),
      apply(`${maps}/x`, configMap("x", { b: "1" })),
    ],
  },
  {
    name: "service keeps its address",
    steps: [
      post(`${core}/services`, {
        apiVersion: "v1",
        kind: "Service",
        metadata: { name: "x" },
        spec: { ports: [{ port: 80 }] },
      }),
      merge(`${core}/services/x`, { spec: { ports: [{ port: 81 }] } }),
      merge(`${core}/services/x`, { spec: { clusterIP: "10.0.0.77" } }),
    ],
  },
  {
    name: "finalizers",
    steps: [
      post(maps, configMap("x", {}, { finalizers: ["a.example.com/f"] })),
      remove(`${maps}/x`),
      get(`${maps}/x`),
      merge(`${maps}/x`, { metadata: { finalizers: ["a.example.com/f", "b.example.com/g"] } }),
      remove(`${maps}/x`),
      merge(`${maps}/x`, { metadata: { finalizers: null } }),
      get(`${maps}/x`),
    ],
  },
  {
    name: "delete",
    steps: [
      post(maps, configMap("x")),
      remove(`${maps}/x`, { preconditions: { uid: "00000000-0000-0000-0000-000000000001" } }),
      remove(`${maps}/x`),
      remove(`${maps}/x`),
      post(`${core}/serviceaccounts`, { apiVersion: "v1", kind: "ServiceAccount", metadata: { name: "x" } }),
      remove(`${core}/serviceaccounts/x`),
      post(maps, configMap("y")),
      remove(`${maps}/y`, { propagationPolicy: "Foreground" }),
      post(deployments, deployment("w")),
      remove(`${deployments}/w`),
    ],
  },
  {
    name: "delete collection",
    steps: [
      post(maps, configMap("a", {}, { labels: { x: "1" } })),
      post(maps, configMap("b")),
      remove(`${maps}?labelSelector=x%3D1`),
      get(`${maps}?fieldSelector=metadata.name%21%3Dkube-root-ca.crt`),
    ],
  },
  {
    name: "delete a pod",
    steps: [
      post(`${core}/pods`, {
        apiVersion: "v1",
        kind: "Pod",
        metadata: { name: "x" },
        spec: { serviceAccountName: "default", containers: [container] },
      }),
      remove(`${core}/pods/x`),
    ],
  },
  { name: "forbidden deletes", steps: [remove("/api/v1/namespaces/default")] },
  {
    name: "owner references",
    steps: [post(maps, configMap("x", {}, { ownerReferences: [{ apiVersion: "v1", kind: "ConfigMap", name: "y" }] }))],
  },
  {
    name: "impersonation and RBAC",
    steps: [
      get(`${core}/pods`, { "impersonate-user": "alice" }),
      get(`${core}/pods/x`, { "impersonate-user": "alice" }),
      get("/apis/apps/v1/deployments", { "impersonate-user": "alice" }),
      post("/apis/rbac.authorization.k8s.io/v1/namespaces/{ns}/roles", {
        apiVersion: "rbac.authorization.k8s.io/v1",
        kind: "Role",
        metadata: { name: "v" },
        rules: [{ apiGroups: [""], resources: ["pods"], verbs: ["list"] }],
      }),
      post("/apis/rbac.authorization.k8s.io/v1/namespaces/{ns}/rolebindings", {
        apiVersion: "rbac.authorization.k8s.io/v1",
        kind: "RoleBinding",
        metadata: { name: "v" },
        roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "Role", name: "v" },
        subjects: [{ kind: "User", apiGroup: "rbac.authorization.k8s.io", name: "alice" }],
      }),
      { ...get(`${core}/pods`, { "impersonate-user": "alice" }), until: 200 },
      get(`${core}/pods/x`, { "impersonate-user": "alice" }),
      get(`${core}/secrets`, { "impersonate-user": "alice" }),
      get("/metrics", { "impersonate-user": "alice" }),
    ],
  },
  {
    name: "reviews",
    steps: [
      post("/apis/authorization.k8s.io/v1/selfsubjectaccessreviews", {
        apiVersion: "authorization.k8s.io/v1",
        kind: "SelfSubjectAccessReview",
        spec: { resourceAttributes: { verb: "get", resource: "pods", namespace: "{ns}" } },
      }),
      {
        ...post("/apis/authorization.k8s.io/v1/subjectaccessreviews", {
          apiVersion: "authorization.k8s.io/v1",
          kind: "SubjectAccessReview",
          spec: { user: "nobody", resourceAttributes: { verb: "get", resource: "pods", namespace: "{ns}" } },
        }),
      },
    ],
  },
  {
    name: "token request",
    steps: [
      post(`${core}/serviceaccounts`, { apiVersion: "v1", kind: "ServiceAccount", metadata: { name: "s" } }),
      {
        ...post(`${core}/serviceaccounts/s/token`, {
          apiVersion: "authentication.k8s.io/v1",
          kind: "TokenRequest",
          spec: { expirationSeconds: 3_600 },
        }),
        statusOnly: true,
      },
      post(`${core}/serviceaccounts/s/token`, {
        apiVersion: "authentication.k8s.io/v1",
        kind: "TokenRequest",
        spec: { expirationSeconds: 10 },
      }),
    ],
  },
  {
    name: "custom objects",
    steps: [
      ...defined,
      post(widgets, widget({ size: 1, zz: 2 })),
      get(widgets, table),
      get(`${widgets}/w`),
      merge(`${widgets}/w`, { spec: { size: 2 } }),
      merge(`${widgets}/w/status`, { status: { ready: true }, spec: { size: 5 } }),
      strategic(`${widgets}/w`, {}),
      remove(`${widgets}/w`),
      undefinedAgain,
    ],
  },
  {
    name: "custom objects whose status has a default",
    steps: [
      ...definedWithStatus,
      post(widgets, { ...widget({ size: 1 }), status: { ready: true } }),
      get(`${widgets}/w`),
      apply(`${widgets}/w`, { ...widget({ size: 2 }), status: { ready: true } }),
      merge(`${widgets}/w/status`, { status: { ready: true } }),
      merge(`${widgets}/w/status`, { status: null }),
      apply(`${widgets}/v`, { ...widget({ size: 2 }), metadata: { name: "v" } }),
      undefinedAgain,
    ],
  },
  {
    name: "custom objects that are invalid",
    steps: [
      ...defined,
      post(widgets, widget({})),
      post(widgets, widget({ size: 0 })),
      post(widgets, widget({ size: "x" })),
      post(widgets, widget({ size: 1, color: "green" })),
      post(widgets, widget({ size: 1, tags: ["a", "a"] })),
      post(`${widgets}?fieldValidation=Strict`, widget({ size: 1, zz: 1 })),
      undefinedAgain,
    ],
  },
  {
    name: "apply custom objects",
    steps: [
      ...defined,
      apply(`${widgets}/w`, widget({ size: 1, parts: [{ name: "a", count: 1 }] })),
      apply(`${widgets}/w`, widget({ size: 1, parts: [{ name: "b" }], tags: ["t"] }), "m2"),
      apply(`${widgets}/w`, widget({ size: 2 }), "m2"),
      apply(`${widgets}/w`, widget({ size: 1 })),
      apply(`${widgets}/w`, widget({ size: 1, bogus: 1 })),
      undefinedAgain,
    ],
  },
  {
    name: "definitions that are invalid",
    steps: [
      post(definitions, { ...definition("{ns}.example.com"), metadata: { name: "other.{ns}.example.com" } }),
      post(definitions, {
        apiVersion: "apiextensions.k8s.io/v1",
        kind: "CustomResourceDefinition",
        metadata: { name: "as.{ns}.example.com" },
        spec: {
          group: "{ns}.example.com",
          scope: "Namespaced",
          names: { plural: "as", kind: "A" },
          versions: [
            {
              name: "v1",
              served: true,
              storage: true,
              schema: {
                openAPIV3Schema: { type: "object", properties: { spec: { properties: { a: { type: "string" } } } } },
              },
            },
          ],
        },
      }),
    ],
  },
  {
    name: "status may change annotations of built-in kinds",
    steps: [
      post(deployments, deployment("w")),
      merge(`${deployments}/w/status`, {
        metadata: { annotations: { a: "1" }, labels: { b: "2" } },
        status: { replicas: 1 },
      }),
      merge(`${deployments}/w`, { metadata: { annotations: { c: "3" } } }),
      post(`${core}/pods`, {
        apiVersion: "v1",
        kind: "Pod",
        metadata: { name: "x" },
        spec: { serviceAccountName: "default", containers: [container] },
      }),
      merge(`${core}/pods/x/status`, {
        metadata: { annotations: { a: "1" }, labels: { b: "2" } },
        status: { phase: "Running" },
      }),
    ],
  },
  {
    name: "create minimal resourcequota",
    steps: [
      post(`${core}/resourcequotas`, {
        apiVersion: "v1",
        kind: "ResourceQuota",
        metadata: { name: "x" },
        spec: { hard: { pods: "2", "limits.cpu": "1" } },
      }),
      get(`${core}/resourcequotas`, table),
    ],
  },
  {
    name: "custom status leaves metadata",
    steps: [
      ...defined,
      post(widgets, widget({ size: 1 })),
      merge(`${widgets}/w/status`, {
        metadata: { annotations: { a: "1" }, labels: { b: "2" } },
        status: { ready: true },
      }),
      merge(`${widgets}/w`, { metadata: { annotations: { a: "1" } } }),
      undefinedAgain,
    ],
  },
  {
    name: "scaler in both versions",
    steps: [
      post("/apis/autoscaling/v1/namespaces/{ns}/horizontalpodautoscalers", {
        apiVersion: "autoscaling/v1",
        kind: "HorizontalPodAutoscaler",
        metadata: { name: "x" },
        spec: {
          maxReplicas: 3,
          targetCPUUtilizationPercentage: 50,
          scaleTargetRef: { kind: "Deployment", name: "d", apiVersion: "apps/v1" },
        },
      }),
      get("/apis/autoscaling/v2/namespaces/{ns}/horizontalpodautoscalers/x"),
      get("/apis/autoscaling/v1/namespaces/{ns}/horizontalpodautoscalers/x"),
    ],
  },
  {
    name: "event in both groups",
    steps: [
      post(`${core}/events`, {
        apiVersion: "v1",
        kind: "Event",
        metadata: { name: "x" },
        involvedObject: { kind: "Pod", name: "p", namespace: "{ns}" },
        reason: "R",
        message: "m",
        type: "Normal",
        count: 2,
        firstTimestamp: "2026-01-02T03:04:05Z",
        lastTimestamp: "2026-01-02T03:04:05Z",
      }),
      get("/apis/events.k8s.io/v1/namespaces/{ns}/events/x"),
      get(`${core}/events?fieldSelector=involvedObject.name%3Dp`),
    ],
  },
  {
    name: "quantities and probes that are wrong",
    steps: [
      post(
        deployments,
        deployment("w", {}, { containers: [{ ...container, livenessProbe: { httpGet: { port: 0 } } }] }),
      ),
      post(
        deployments,
        deployment(
          "w",
          {},
          { containers: [{ ...container, resources: { limits: { cpu: "1" }, requests: { cpu: "2" } } }] },
        ),
      ),
      post(deployments, deployment("w", { strategy: { type: "Recreate", rollingUpdate: { maxSurge: 1 } } })),
      post(
        deployments,
        deployment("w", {}, { containers: [{ ...container, volumeMounts: [{ name: "v", mountPath: "/a" }] }] }),
      ),
    ],
  },
];
