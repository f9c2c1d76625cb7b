import type { KustomizationSpec } from "@eddy/api";
import type { JsonObject } from "@eddy/core/json";

/** One folder with a Kustomization over it, built or compared with the cluster by both command lines. */
export interface PreviewCase {
  name: string;
  verb: "build" | "diff";
  /** Of the folder, by path. */
  files: Readonly<Record<string, string>>;
  /** Of the Kustomization in the cluster; undefined: it is not there. */
  spec?: Partial<KustomizationSpec>;
  /** Objects that are in the cluster. */
  live?: readonly JsonObject[];
  /** Of the Kustomization: what was applied before. */
  inventory?: readonly string[];
  /** Neither prints anything: the build or the comparison fails. */
  fails?: true;
  /** Further words; `@` is the folder of the case. */
  words?: string;
  /** What Eddy does otherwise, and why. */
  differs?: string;
  /** Eddy's exit code where it differs. */
  code?: number;
}

const encode = (text: string): string => Buffer.from(text).toString("base64");
const namespace = "preview";
const yaml = (kind: string, name: string, rest: string): string =>
  `apiVersion: v1\nkind: ${kind}\nmetadata: { name: ${name}, namespace: ${namespace} }\n${rest}\n`;
const configMap = (name: string, data: string): string => yaml("ConfigMap", name, `data: ${data}`);
const liveConfig = (name: string, data: JsonObject, metadata: JsonObject = {}): JsonObject => ({
  apiVersion: "v1",
  kind: "ConfigMap",
  metadata: { name, namespace, ...metadata },
  data,
});

const deployment = `apiVersion: apps/v1
kind: Deployment
metadata: { name: web, namespace: ${namespace} }
spec:
  replicas: 2
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web } }
    spec:
      containers:
        - name: web
          image: example/web:2
          args: [--b, --a]
          ports: [{ name: http, containerPort: 9898 }, { name: metrics, containerPort: 9797 }]
          env: [{ name: LEVEL, value: debug }, { name: ZONE, value: "true" }]
          resources: { limits: { cpu: "1", memory: 64Mi } }
        - name: sidecar
          image: example/sidecar:1
`;
const liveDeployment: JsonObject = {
  apiVersion: "apps/v1",
  kind: "Deployment",
  metadata: { name: "web", namespace },
  spec: {
    replicas: 1,
    selector: { matchLabels: { app: "web" } },
    template: {
      metadata: { labels: { app: "web" }, annotations: { "example.com/old": "yes: no" } },
      spec: {
        containers: [
          {
            name: "web",
            image: "example/web:1",
            args: ["--a", "--b"],
            ports: [{ name: "http", containerPort: 9899 }],
            env: [
              { name: "LEVEL", value: "info" },
              { name: "GONE", value: "" },
            ],
          },
        ],
      },
    },
  },
};
const sopsSecret = yaml(
  "Secret",
  "encrypted",
  `data:\n  token: ENC[AES256_GCM,data:x,type:str]\nstringData:\n  text: ENC[AES256_GCM,data:y,type:str]\nsops:\n  mac: ENC[AES256_GCM,data:z,type:str]\n  version: 3.9.0`,
);

const buildCases: readonly PreviewCase[] = [
  {
    name: "plain manifests",
    verb: "build",
    files: { "a.yaml": configMap("a", "{ k: v }"), "b/c.yml": configMap("c", "{ n: '1', m: 'yes' }") },
  },
  {
    name: "the overlay of the spec",
    verb: "build",
    files: { "kustomization.yaml": "resources: [d.yaml]\n", "d.yaml": deployment },
    spec: {
      targetNamespace: "elsewhere",
      namePrefix: "p-",
      nameSuffix: "-s",
      images: [{ name: "example/web", newTag: "9" }],
      patches: [{ patch: "- {op: replace, path: /spec/replicas, value: 7}\n", target: { kind: "Deployment" } }],
      commonMetadata: { labels: { team: "a" }, annotations: { "example.com/x": "1" } },
    },
  },
  {
    name: "variables, inline and from the cluster",
    verb: "build",
    files: { "a.yaml": configMap("a", '{ a: "${inline}", b: "${from_map}", c: "${absent:=default}", d: "$${kept}" }') },
    spec: {
      postBuild: {
        substitute: { inline: "one" },
        substituteFrom: [
          { kind: "ConfigMap", name: "variables" },
          { kind: "Secret", name: "none", optional: true },
        ],
      },
    },
    live: [liveConfig("variables", { from_map: "two" })],
  },
  {
    name: "no variables, no substitution",
    verb: "build",
    files: { "a.yaml": configMap("a", '{ a: "${x:=y}" }') },
    spec: { postBuild: {} },
  },
  {
    name: "substitution always",
    verb: "build",
    files: { "a.yaml": configMap("a", '{ a: "${x:=y}" }') },
    spec: { postBuild: { substituteStrategy: "Always" } },
  },
  {
    name: "substitution refused by a label",
    verb: "build",
    files: {
      "a.yaml": configMap("a", '{ a: "${x}" }').replace(
        `namespace: ${namespace}`,
        `namespace: ${namespace}, labels: { kustomize.toolkit.fluxcd.io/substitute: disabled }`,
      ),
    },
    spec: { postBuild: { substitute: { x: "1" } } },
  },
  {
    name: "strict: a variable that nobody set",
    verb: "build",
    fails: true,
    files: { "a.yaml": configMap("a", '{ a: "${absent}" }') },
    spec: { postBuild: { substitute: { x: "1" } } },
    words: "--strict-substitute",
  },
  {
    name: "lenient: a variable that nobody set",
    verb: "build",
    files: { "a.yaml": configMap("a", '{ a: "-${absent}-" }') },
    spec: { postBuild: { substitute: { x: "1" } } },
  },
  {
    name: "variables of a missing ConfigMap",
    verb: "build",
    fails: true,
    files: { "a.yaml": configMap("a", "{ a: b }") },
    spec: { postBuild: { substituteFrom: [{ kind: "ConfigMap", name: "gone" }] } },
  },
  {
    name: "encrypted Secrets",
    verb: "build",
    files: {
      "a.yaml": sopsSecret,
      "b.yaml": yaml(
        "Secret",
        "docker",
        "type: kubernetes.io/dockerconfigjson\ndata:\n  .dockerconfigjson: ENC[AES256_GCM,x]\nsops:\n  mac: ENC[AES256_GCM,z]",
      ),
      "c.yaml": yaml(
        "Secret",
        "values",
        `data:\n  file: ${encode("x: ENC[AES256_GCM]\nsops:\n  mac: ENC[]\n")}\n  plain: ${encode("plain")}`,
      ),
    },
  },
  {
    name: "a Secret in the clear",
    verb: "build",
    files: { "a.yaml": yaml("Secret", "clear", `data: { a: ${encode("x")} }\nstringData: { b: y }`) },
  },
  {
    name: "files that are ignored",
    verb: "build",
    files: {
      "a.yaml": configMap("a", "{ a: b }"),
      "skip/broken.yaml": "no: [object\n",
      "b/no.yaml": configMap("b", "{ a: b }"),
      ".sourceignore": "no.yaml\n",
    },
    words: "--ignore-paths skip/",
  },
  {
    name: "ignored files of a kustomization",
    verb: "build",
    files: {
      "kustomization.yaml": "resources: [a.yaml, b.yaml]\n",
      "a.yaml": configMap("a", "{ a: b }"),
      "b.yaml": configMap("b", "{ a: b }"),
    },
    words: "--ignore-paths b.yaml",
  },
  { name: "a folder with nothing", verb: "build", files: { "README.md": "nothing\n" } },
  { name: "a kustomization with nothing", verb: "build", files: { "kustomization.yaml": "resources: []\n" } },
  { name: "what is no manifest", verb: "build", fails: true, files: { "a.yaml": "just: text\n" } },
  {
    name: "a file that is not there",
    verb: "build",
    fails: true,
    files: { "kustomization.yaml": "resources: [gone.yaml]\n" },
  },
  {
    name: "a Kustomization that is not there",
    verb: "build",
    fails: true,
    files: { "a.yaml": configMap("a", "{ a: b }") },
    words: "--namespace default",
  },
  { name: "in memory", verb: "build", files: { "a.yaml": configMap("a", "{ a: b }") }, words: "--in-memory-build" },
  {
    name: "components",
    verb: "build",
    files: {
      "kustomization.yaml": "resources: [a.yaml]\n",
      "a.yaml": configMap("a", "{ a: b }"),
      "part/kustomization.yaml": "apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\nnamePrefix: part-\n",
    },
    spec: { components: ["part", "gone"], ignoreMissingComponents: true },
  },
  {
    name: "a list of objects, numbers and times",
    verb: "build",
    files: {
      "a.yaml": `apiVersion: v1\nkind: List\nitems:\n- {apiVersion: v1, kind: ConfigMap, metadata: {name: l, namespace: ${namespace}, annotations: {t: "2026-01-01", n: "0x1f", e: "1e3"}}, data: {m: "a\\nb\\n", u: "ü\\t"}}\n`,
    },
  },
];

const diffCases: readonly PreviewCase[] = [
  {
    name: "nothing is there yet",
    verb: "diff",
    files: { "a.yaml": configMap("new-a", "{ a: b }"), "b.yaml": yaml("Secret", "new-b", "stringData: { a: b }") },
  },
  {
    name: "nothing differs",
    verb: "diff",
    files: { "a.yaml": configMap("same", "{ a: b }") },
    live: [liveConfig("same", { a: "b" })],
  },
  { name: "a Deployment, in many places", verb: "diff", files: { "d.yaml": deployment }, live: [liveDeployment] },
  {
    name: "texts of one and of many lines",
    verb: "diff",
    files: {
      "a.yaml": yaml(
        "ConfigMap",
        "texts",
        "data:\n  one: b c\n  lines: |\n    a\n    two\n    c\n    d\n  space: 'x y '\n  new: |\n    line 1\n\n    line 3\n  empty: ''\n  word: 'true'\n  dash: -x\n  colon: 'a: b'",
      ),
    },
    live: [liveConfig("texts", { one: "a", lines: "a\nb\nc\n", space: "x y\n", gone: "1\n2\n" })],
  },
  {
    name: "keys with dots and slashes",
    verb: "diff",
    files: { "a.yaml": configMap("keys", "{ a.b: '2', c_d_e: '2' }") },
    live: [liveConfig("keys", { "a.b": "1", c_d_e: "1" }, { annotations: { "x.y/z": "old" } })],
  },
  {
    name: "a Secret's values",
    verb: "diff",
    files: {
      "a.yaml": yaml("Secret", "values", `data: { a: ${encode("2")}, b: ${encode("same")}, c: ${encode("new")} }`),
    },
    live: [
      {
        apiVersion: "v1",
        kind: "Secret",
        metadata: { name: "values", namespace },
        data: { a: encode("1"), b: encode("same"), d: encode("gone") },
      },
    ],
  },
  {
    name: "a Secret's labels",
    verb: "diff",
    files: {
      "a.yaml": yaml("Secret", "labels", `data: { a: ${encode("1")} }`).replace(
        `namespace: ${namespace}`,
        `namespace: ${namespace}, labels: { a: b }`,
      ),
    },
    live: [{ apiVersion: "v1", kind: "Secret", metadata: { name: "labels", namespace }, data: { a: encode("1") } }],
  },
  {
    name: "an encrypted Secret, the keys the same",
    verb: "diff",
    files: { "a.yaml": sopsSecret },
    live: [
      {
        apiVersion: "v1",
        kind: "Secret",
        metadata: { name: "encrypted", namespace },
        data: { token: encode("1"), text: encode("2") },
      },
    ],
  },
  {
    name: "an encrypted Secret, other keys",
    verb: "diff",
    files: { "a.yaml": sopsSecret.replaceAll("encrypted", "other-keys") },
    live: [
      {
        apiVersion: "v1",
        kind: "Secret",
        metadata: { name: "other-keys", namespace },
        data: { token: encode("1"), drift: encode("2") },
      },
    ],
  },
  {
    name: "what was applied before and is gone",
    verb: "diff",
    files: { "a.yaml": configMap("kept", "{ a: b }") },
    live: [liveConfig("kept", { a: "b" })],
    inventory: [
      "preview_kept__ConfigMap",
      "preview_gone__ConfigMap",
      "_gone__Namespace",
      "preview_gone_apps_Deployment",
    ],
    spec: { prune: true },
  },
  {
    name: "not pruned",
    verb: "diff",
    files: { "a.yaml": configMap("kept-2", "{ a: b }") },
    live: [liveConfig("kept-2", { a: "b" })],
    inventory: ["preview_gone__ConfigMap"],
    spec: { prune: false },
  },
  {
    name: "what is not reconciled",
    verb: "diff",
    files: {
      "a.yaml": configMap("skipped", "{ a: b }").replace(
        `namespace: ${namespace}`,
        `namespace: ${namespace}, annotations: { kustomize.toolkit.fluxcd.io/reconcile: disabled }`,
      ),
    },
    live: [liveConfig("skipped", { a: "x" })],
  },
  {
    name: "created once",
    verb: "diff",
    files: {
      "a.yaml": configMap("once", "{ a: b }").replace(
        `namespace: ${namespace}`,
        `namespace: ${namespace}, annotations: { kustomize.toolkit.fluxcd.io/ssa: IfNotPresent }`,
      ),
    },
    live: [liveConfig("once", { a: "x" })],
  },
  {
    name: "fields that are ignored",
    verb: "diff",
    files: { "d.yaml": deployment.replaceAll("web", "ignored") },
    live: [
      {
        ...liveDeployment,
        metadata: { name: "ignored", namespace },
        spec: {
          replicas: 5,
          selector: { matchLabels: { app: "ignored" } },
          template: {
            metadata: { labels: { app: "ignored" } },
            spec: { containers: [{ name: "ignored", image: "example/ignored:1" }] },
          },
        },
      },
    ],
    spec: {
      ignore: [{ paths: ["/spec/replicas", "/spec/template/spec/containers/1"], target: { kind: "Deployment" } }],
    },
  },
  {
    name: "an immutable field",
    verb: "diff",
    fails: true,
    files: { "a.yaml": yaml("ConfigMap", "immutable", "immutable: true\ndata: { a: b }") },
    live: [{ ...liveConfig("immutable", { a: "x" }), immutable: true }],
  },
  {
    name: "an immutable field, by force",
    verb: "diff",
    files: {
      "a.yaml": yaml("ConfigMap", "forced", "immutable: true\ndata: { a: b }").replace(
        `namespace: ${namespace}`,
        `namespace: ${namespace}, annotations: { kustomize.toolkit.fluxcd.io/force: enabled }`,
      ),
    },
    live: [{ ...liveConfig("forced", { a: "x" }), immutable: true }],
  },
  {
    name: "a namespace that is not there",
    verb: "diff",
    fails: true,
    files: { "a.yaml": configMap("a", "{ a: b }").replace(`namespace: ${namespace}`, "namespace: nowhere") },
  },
  {
    name: "a kind that is not there",
    verb: "diff",
    fails: true,
    files: { "a.yaml": `apiVersion: example.com/v1\nkind: Thing\nmetadata: { name: a, namespace: ${namespace} }\n` },
  },
  { name: "an object that is refused", verb: "diff", fails: true, files: { "a.yaml": configMap("a", "{ a: 1 }") } },
  {
    name: "an object with an unknown field",
    verb: "diff",
    files: { "a.yaml": yaml("ConfigMap", "unknown", "wrong: 1") },
  },
  {
    name: "a Service's ports",
    verb: "diff",
    files: {
      "a.yaml": yaml(
        "Service",
        "ports",
        "spec: { selector: { app: web }, ports: [{ name: http, port: 9898, targetPort: http }, { name: grpc, port: 9999 }] }",
      ),
    },
    live: [
      {
        apiVersion: "v1",
        kind: "Service",
        metadata: { name: "ports", namespace },
        spec: {
          selector: { app: "web" },
          ports: [
            { name: "http", port: 9899, targetPort: "http" },
            { name: "old", port: 1 },
          ],
        },
      },
    ],
  },
  {
    name: "lists without names, an order, another type",
    verb: "diff",
    files: {
      "a.yaml": `apiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRole\nmetadata: { name: preview-lists }\nrules:\n- { apiGroups: [""], resources: [b, a, c], verbs: [get] }\n- { apiGroups: [apps], resources: [x], verbs: [list] }\n- { nonResourceURLs: [/x], verbs: [get] }\n`,
    },
    live: [
      {
        apiVersion: "rbac.authorization.k8s.io/v1",
        kind: "ClusterRole",
        metadata: { name: "preview-lists" },
        rules: [
          { apiGroups: [""], resources: ["a", "b", "c"], verbs: ["get"] },
          { apiGroups: ["batch"], resources: ["x"], verbs: ["list"] },
        ],
      },
    ],
  },
  { name: "no path", verb: "diff", fails: true, files: {}, words: "--path=" },
];

/** Every case. */
export const previewCases: readonly PreviewCase[] = [...buildCases, ...diffCases];
