import type { KubeObject } from "@eddy/core/object";
import type { Story } from "../compare-stories.ts";
import type { Files } from "../side-hand.ts";
import type { Hand } from "./hand.ts";

const map = (name: string, data: string, metadata = ""): string =>
  `apiVersion: v1\nkind: ConfigMap\nmetadata: { name: ${name}, namespace: "{ns}"${metadata} }\ndata: { a: "${data}" }\n`;
const configMap = (name: string): { kind: string; name: string } => ({ kind: "ConfigMap", name });
const mapRef = (name: string): { group: string; kind: string; name: string } => ({ group: "", ...configMap(name) });
const deployment = (name: string, more = ""): string => `apiVersion: apps/v1
kind: Deployment
metadata: { name: ${name}, namespace: "{ns}" }
spec:
  replicas: 1
  progressDeadlineSeconds: 600
  selector: { matchLabels: { app: ${name} } }
  template: { metadata: { labels: { app: ${name} } }, spec: { containers: [{ name: c, image: "nginx:1" }] } }
${more}`;
const deploymentRef = (name: string): { group: string; kind: string; name: string } => ({
  group: "apps",
  kind: "Deployment",
  name,
});
/** What a kubelet and the deployment controller would make of it. */
const available = {
  status: {
    observedGeneration: 1,
    replicas: 1,
    updatedReplicas: 1,
    readyReplicas: 1,
    availableReplicas: 1,
    conditions: [
      { type: "Progressing", status: "True", reason: "NewReplicaSetAvailable", message: "" },
      { type: "Available", status: "True", reason: "MinimumReplicasAvailable", message: "" },
    ],
  },
};

const publish =
  (files: Files) =>
  async (hand: Hand): Promise<void> => {
    await hand.publish(files);
    await hand.request();
  };
/** The artifact and a Kustomization of it; the first step of most. */
const start =
  (files: Files, spec: Parameters<Hand["kustomize"]>[0] = {}) =>
  async (hand: Hand): Promise<void> => {
    await hand.publish(files);
    await hand.kustomize(spec);
    await hand.request();
  };
/** The same for one that waits: a request would end our wait. */
const startWaiting =
  (files: Files, spec: Parameters<Hand["kustomize"]>[0]) =>
  async (hand: Hand): Promise<void> => {
    await hand.publish(files);
    await hand.kustomize(spec);
    await hand.ended();
  };
const publishWaiting =
  (files: Files) =>
  async (hand: Hand): Promise<void> => {
    await hand.publish(files);
    await hand.ended();
  };
const change =
  (spec: Parameters<Hand["change"]>[0]) =>
  async (hand: Hand): Promise<void> => {
    await hand.change(spec);
    await hand.request();
  };
const request = (hand: Hand): Promise<void> => hand.request();
const end = (hand: Hand): Promise<void> => hand.end();
const written =
  (object: KubeObject) =>
  async (hand: Hand): Promise<void> => {
    await hand.write(object);
    await hand.request();
  };
const foreignMap = (name: string, data: Record<string, string>, annotations?: Record<string, string>): KubeObject => ({
  apiVersion: "v1",
  kind: "ConfigMap",
  metadata: { name, ...(annotations ? { annotations } : {}) },
  data,
});

const one = { "a.yaml": map("a", "1") };
const two = { "a.yaml": map("a", "1"), "b.yaml": map("b", "1") };
const child = `apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata: { name: child, namespace: "{ns}", labels: { conformance.eddy.sh/side: "{side}" } }
spec:
  interval: 1h
  retryInterval: 1h
  timeout: 60s
  wait: true
  prune: true
  path: ./child
  sourceRef: { kind: GitRepository, name: source }
`;
const nested = { path: "./root", wait: true };
const ssa = (mode: string): string => `, annotations: { kustomize.toolkit.fluxcd.io/ssa: ${mode} }`;

/** By what they are about. */
export const stories: readonly Story<Hand>[] = [
  {
    name: "applied, changed, pruned",
    steps: [start(two), publish({ "a.yaml": map("a", "2"), "c.yaml": map("c", "1") }), request],
    beside: [configMap("b")],
  },
  { name: "nothing at the path", steps: [start({ "README.md": "none" })] },
  {
    name: "an empty artifact after a full one",
    differs: "a build without objects prunes nothing before somebody confirms it",
    steps: [start(two), publish({ "README.md": "none" })],
    beside: [configMap("a")],
  },
  {
    name: "not pruned",
    steps: [start(two, { prune: false }), publish({ "a.yaml": map("a", "1") })],
    beside: [configMap("b")],
  },
  {
    name: "an object that is never pruned",
    steps: [
      start({ ...two, "b.yaml": map("b", "1", ", annotations: { kustomize.toolkit.fluxcd.io/prune: disabled }") }),
      publish({ "a.yaml": map("a", "1") }),
      end,
    ],
    beside: [configMap("a"), configMap("b")],
  },
  {
    name: "a label that keeps from pruning",
    steps: [
      start({ ...two, "b.yaml": map("b", "1", ", labels: { kustomize.toolkit.fluxcd.io/prune: disabled }") }),
      publish({ "a.yaml": map("a", "1") }),
    ],
    beside: [configMap("b")],
  },
  {
    name: "an object that was taken away in the cluster",
    steps: [start(two), async (hand) => (await hand.remove(mapRef("a")), hand.request())],
  },
  {
    name: "an object whose owner changed",
    steps: [
      start(two),
      async (hand) => {
        await hand.publish({ "b.yaml": map("b", "1") }, "other");
        await hand.kustomize({ sourceRef: { kind: "GitRepository", name: "other" } }, "other");
        await hand.request("other");
      },
      publish({ "a.yaml": map("a", "1") }),
    ],
    beside: [configMap("b")],
  },
  {
    name: "changed by hand",
    steps: [start(two), written(foreignMap("a", { a: "mine", b: "more" }))],
  },
  {
    name: "changed with kubectl",
    steps: [
      start(two),
      async (hand) => {
        await hand.patch(mapRef("a"), { data: { a: "mine" }, metadata: { labels: { by: "hand" } } });
        await hand.request();
      },
    ],
  },
  {
    name: "ssa Ignore",
    steps: [
      start({ "a.yaml": map("a", "1"), "b.yaml": map("b", "1", ssa("Ignore")) }),
      publish({ "a.yaml": map("a", "1", ssa("Ignore")), "b.yaml": map("b", "2") }),
    ],
    beside: [configMap("b")],
  },
  {
    name: "ssa IfNotPresent",
    steps: [
      start({ "a.yaml": map("a", "1", ssa("IfNotPresent")), "b.yaml": map("b", "1") }),
      publish({ "a.yaml": map("a", "2", ssa("IfNotPresent")), "b.yaml": map("b", "2") }),
      written(foreignMap("a", { a: "mine" })),
    ],
  },
  {
    name: "ssa Merge",
    steps: [
      async (hand) => hand.write(foreignMap("a", { b: "theirs" })),
      start({ "a.yaml": map("a", "1", ssa("Merge")) }),
      written(foreignMap("a", { b: "more", c: "new" })),
    ],
  },
  {
    name: "ssa Merge, and then no more",
    steps: [
      start({ "a.yaml": map("a", "1", ssa("Merge")) }),
      async (hand) => {
        await hand.patch(mapRef("a"), { data: { b: "more" } }, undefined, "kubectl-patch");
        await hand.request();
      },
      publish(one),
      request,
    ],
  },
  {
    name: "ssa Merge of a hand",
    steps: [
      start(one),
      async (hand) => {
        await hand.patch(
          mapRef("a"),
          { data: { b: "more" }, metadata: { annotations: { "kustomize.toolkit.fluxcd.io/ssa": "Merge" } } },
          undefined,
          "kubectl-patch",
        );
        await hand.request();
      },
      publish({ "a.yaml": map("a", "2") }),
    ],
  },
  {
    name: "ignored in the cluster",
    steps: [
      start(two),
      written(foreignMap("a", { b: "mine" }, { "kustomize.toolkit.fluxcd.io/ssa": "Ignore" })),
      publish({ ...two, "a.yaml": map("a", "2") }),
    ],
  },
  {
    name: "reconciling an object is switched off",
    steps: [start({ "a.yaml": map("a", "1", ", annotations: { kustomize.toolkit.fluxcd.io/reconcile: disabled }") })],
    beside: [configMap("a")],
  },
  {
    name: "an immutable field, then force",
    steps: [
      start({ "a.yaml": `${map("a", "1")}immutable: true\n` }),
      publish({ "a.yaml": `${map("a", "2")}immutable: true\n` }),
      change({ force: true }),
    ],
  },
  {
    name: "an immutable field of an object with force",
    steps: [
      start({ "a.yaml": `${map("a", "1")}immutable: true\n` }),
      publish({
        "a.yaml": `${map("a", "2", ", annotations: { kustomize.toolkit.fluxcd.io/force: enabled }")}immutable: true\n`,
      }),
    ],
  },
  {
    name: "waits for a Deployment",
    steps: [
      async (hand) => {
        await hand.publish({ "a.yaml": deployment("web") });
        await hand.kustomize({ wait: true });
        await hand.appears(deploymentRef("web"));
        await hand.patch(deploymentRef("web"), available, "status");
        await hand.ended();
      },
      request,
    ],
  },
  {
    name: "waits, and only the interval changes",
    steps: [startWaiting(one, { wait: true }), change({ interval: "2h" })],
  },
  {
    name: "a Deployment that never becomes ready",
    steps: [
      async (hand) => {
        await hand.publish({ "a.yaml": deployment("web"), "b.yaml": map("a", "1") });
        await hand.kustomize({ wait: true });
        await hand.appears(deploymentRef("web"));
        await hand.patch(deploymentRef("web"), { status: { observedGeneration: 1, replicas: 1 } }, "status");
        await hand.ended();
      },
      async (hand) => {
        await hand.patch(deploymentRef("web"), available, "status");
        await hand.request();
      },
    ],
  },
  {
    name: "a Deployment that fails",
    steps: [
      async (hand) => {
        await hand.publish({ "a.yaml": deployment("web") });
        await hand.kustomize({ wait: true });
        await hand.appears(deploymentRef("web"));
        const condition = { type: "Progressing", status: "False", reason: "ProgressDeadlineExceeded", message: "late" };
        await hand.patch(
          deploymentRef("web"),
          { status: { observedGeneration: 1, conditions: [condition] } },
          "status",
        );
        await hand.request();
      },
    ],
  },
  {
    name: "waits for a Kustomization of the same source",
    steps: [
      startWaiting({ "root/child.yaml": child, "child/a.yaml": map("a", "1") }, nested),
      publishWaiting({ "root/child.yaml": child, "child/a.yaml": deployment("web") }),
      async (hand) => {
        await hand.patch(deploymentRef("web"), available, "status");
        await hand.ended("child");
        await hand.request();
      },
    ],
  },
  {
    name: "a health check of one object",
    steps: [
      startWaiting(
        { "a.yaml": deployment("web"), "b.yaml": map("a", "1") },
        {
          healthChecks: [{ apiVersion: "v1", kind: "ConfigMap", name: "a", namespace: "{ns}" }],
        },
      ),
    ],
  },
  {
    name: "a health check of an object that is not there",
    steps: [
      startWaiting(two, {
        healthChecks: [{ apiVersion: "apps/v1", kind: "Deployment", name: "gone", namespace: "{ns}" }],
      }),
    ],
  },
  {
    // Of several, upstream tells in the order of chance.
    name: "health by an expression",
    steps: [
      startWaiting(one, {
        wait: true,
        healthCheckExprs: [
          { apiVersion: "v1", kind: "ConfigMap", current: "data.a == '2'", inProgress: "data.a == '1'" },
        ],
      }),
      publishWaiting({ "a.yaml": map("a", "2") }),
    ],
  },
  {
    name: "an expression that says failed",
    steps: [
      startWaiting(one, {
        wait: true,
        healthCheckExprs: [{ apiVersion: "v1", kind: "ConfigMap", current: "data.a == '2'", failed: "data.a == '1'" }],
      }),
    ],
  },
  {
    name: "an expression that is none",
    differs: "what does not parse is worded by another library",
    steps: [
      start(two, { wait: true, healthCheckExprs: [{ apiVersion: "v1", kind: "ConfigMap", current: "data.a ==" }] }),
    ],
  },
  {
    name: "depends on one that is not there",
    steps: [start(two, { dependsOn: [{ name: "first" }] })],
  },
  {
    name: "depends on one that becomes ready",
    steps: [
      async (hand) => {
        await hand.kustomize({ sourceRef: { kind: "GitRepository", name: "later" } }, "first");
        await hand.request("first");
        await hand.publish(two);
        await hand.kustomize({ dependsOn: [{ name: "first" }] });
        await hand.request();
      },
      async (hand) => {
        await hand.change({ sourceRef: { kind: "GitRepository", name: "source" }, path: "./none" }, "first");
        await hand.request("first");
        await hand.request();
      },
      async (hand) => {
        await hand.change({ path: "./" }, "first");
        await hand.request("first");
        await hand.request();
      },
    ],
  },
  {
    name: "a dependency with an expression",
    differs: "what does not parse is worded by another library",
    steps: [
      async (hand) => {
        await hand.publish(two);
        await hand.kustomize({}, "first");
        await hand.request("first");
        await hand.kustomize({
          dependsOn: [{ name: "first", readyExpr: "dep.metadata.labels['go'] == self.metadata.name" }],
        });
        await hand.request();
      },
      change({ dependsOn: [{ name: "first", readyExpr: "dep.status.conditions.exists(c, c.type == 'Gone')" }] }),
      change({ dependsOn: [{ name: "first", readyExpr: "dep.status.conditions.exists(c, c.type == 'Ready')" }] }),
      change({ dependsOn: [{ name: "first", readyExpr: "dep." }] }),
    ],
  },
  { name: "depends on itself", differs: "the cycle is named", steps: [start(two, { dependsOn: [{ name: "app" }] })] },
  {
    name: "a source that is not there",
    steps: [
      async (hand) => {
        await hand.kustomize({ sourceRef: { kind: "GitRepository", name: "gone" } });
        await hand.request();
      },
    ],
  },
  {
    name: "a source of another kind that is not there",
    steps: [
      async (hand) => {
        await hand.kustomize({ sourceRef: { kind: "OCIRepository", name: "gone" } });
        await hand.request();
      },
    ],
  },
  {
    name: "a source without an artifact",
    steps: [
      async (hand) => {
        await hand.kustomize({});
        await hand.request();
      },
      publish(two),
    ],
  },
  { name: "a path that is not there", steps: [start(two, { path: "./deploy" }), change({ path: "./" })] },
  { name: "a path that is a file", differs: "it says so", steps: [start(two, { path: "./a.yaml" })] },
  { name: "a path that leads out", steps: [start(two, { path: "../../etc" })] },
  { name: "a file that is no YAML", steps: [start({ "a.yaml": "a: [" }), publish(two)] },
  { name: "a key twice", differs: "the file is named", steps: [start({ "a.yaml": `${map("a", "1")}data: {}\n` })] },
  {
    name: "an object without a kind",
    differs: "no Go value is printed",
    steps: [start({ "a.yaml": "apiVersion: v1\nmetadata: { name: a }\n" })],
  },
  {
    name: "a kustomization with a resource that is not there",
    differs: "file and line are named",
    steps: [start({ "kustomization.yaml": "resources: [gone.yaml]\n" })],
  },
  {
    name: "a kustomization with an unknown field",
    steps: [start({ ...two, "kustomization.yaml": "resources: [a.yaml]\nnonsense: true\n" })],
  },
  ...Object.entries({
    "of no bytes": "",
    "of a comment": "# nothing yet\n",
    "of a kind": "apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\n",
    "of a misspelt key": "resurces: [a.yaml]\n",
    "of a list of nothing": "resources:\n",
  }).map(([what, text]) => ({
    name: `a kustomization ${what}`,
    steps: [start({ "a.yaml": map("a", "1"), "kustomization.yaml": text })],
    beside: [configMap("a")],
  })),
  {
    name: "a kustomization of generators",
    steps: [
      start({
        "kustomization.yaml": `configMapGenerator: [{ name: a, namespace: "{ns}", literals: [a=1] }]\n`,
      }),
      change({ buildMetadata: ["transformerAnnotations"] }),
    ],
  },
  {
    name: "build metadata of the file and of the spec",
    steps: [
      start({
        "a.yaml": map("a", "1"),
        "kustomization.yaml": "resources: [a.yaml]\nnamePrefix: x-\nbuildMetadata: [transformerAnnotations]\n",
      }),
      change({ buildMetadata: ["originAnnotations"] }),
    ],
  },
  {
    name: "fields laid over",
    steps: [
      start(
        { "a.yaml": deployment("web"), "b.yaml": map("a", "1") },
        {
          namePrefix: "x-",
          nameSuffix: "-y",
          targetNamespace: "{ns}",
          commonMetadata: { labels: { team: "red" }, annotations: { note: "all" } },
          images: [{ name: "nginx", newName: "registry.example/nginx", newTag: "2" }],
          patches: [{ patch: "- op: replace\n  path: /spec/replicas\n  value: 3\n", target: { kind: "Deployment" } }],
        },
      ),
      change({ commonMetadata: { labels: { team: "blue" } }, namePrefix: null }),
    ],
  },
  {
    name: "components",
    differs: "file and line are named",
    steps: [
      start(
        {
          "app/a.yaml": map("a", "1"),
          "app/kustomization.yaml": "resources: [a.yaml]\n",
          "parts/one/kustomization.yaml":
            "apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\ncommonAnnotations: { one: here }\n",
        },
        { path: "./app", components: ["../parts/one"] },
      ),
      change({ components: ["../parts/one", "../parts/gone"] }),
      change({ ignoreMissingComponents: true }),
    ],
  },
  {
    name: "variables",
    steps: [
      async (hand) => {
        await hand.write(foreignMap("values", { COLOR: "red", SIZE: "7" }));
        await hand.publish({
          "a.yaml": map("a", "${COLOR} ${SIZE:=1} ${SHAPE:-round} $${KEPT} ${TEXT}"),
          "b.yaml": map("b", "${COLOR}", ", annotations: { kustomize.toolkit.fluxcd.io/substitute: disabled }"),
        });
        await hand.kustomize({
          postBuild: {
            substitute: { TEXT: "some text", SIZE: "8" },
            substituteFrom: [{ kind: "ConfigMap", name: "values" }],
          },
        });
        await hand.request();
      },
      written(foreignMap("values", { COLOR: "blue" })),
    ],
  },
  {
    name: "variables from what is not there",
    steps: [
      start(two, { postBuild: { substituteFrom: [{ kind: "Secret", name: "gone" }] } }),
      change({ postBuild: { substituteFrom: [{ kind: "Secret", name: "gone", optional: true }] } }),
    ],
  },
  {
    name: "a variable with a name that is none",
    steps: [start(two, { postBuild: { substitute: { "a-b": "1" } } })],
  },
  {
    name: "text that cannot be substituted",
    steps: [start({ "a.yaml": map("a", "${A") }, { postBuild: { substitute: { A: "1" } } })],
  },
  {
    name: "fields that a kind of Kubernetes' own does not know",
    differs: "an event names them",
    steps: [
      start({
        "a.yaml": map("a", "1", ", lables: { a: b }"),
        "b.yaml": deployment("web", "sops: { mac: x }\n").replace("name: c", "imagePulPolicy: Always, name: c"),
        "c.yaml": `apiVersion: v1\nkind: Service\nmetadata: { name: s, namespace: "{ns}" }\nspec: { ports: [{ port: 80, nam: x }], selectr: { a: b } }\n`,
      }),
      request,
    ],
  },
  {
    name: "a field that a custom kind does not know",
    steps: [
      start({
        "a.yaml": `apiVersion: source.toolkit.fluxcd.io/v1\nkind: GitRepository\nmetadata: { name: x, namespace: "{ns}" }\nspec: { interval: 1h, url: "https://git.example/x", brnch: x }\n`,
      }),
    ],
  },
  {
    name: "an unknown kind",
    steps: [start({ "a.yaml": "apiVersion: example.org/v1\nkind: Nobody\nmetadata: { name: a }\n" })],
  },
  {
    name: "an object that is invalid",
    steps: [
      start({
        ...two,
        "s.yaml": `apiVersion: v1\nkind: Service\nmetadata: { name: s, namespace: "{ns}" }\nspec: { ports: [{ port: 123456 }] }\n`,
      }),
    ],
    beside: [configMap("a")],
  },
  { name: "no namespace", steps: [start({ "a.yaml": map("a", "1").replace(', namespace: "{ns}"', "") })] },
  {
    name: "a namespace that is not there",
    steps: [start({ "a.yaml": map("a", "1").replace("{ns}", "nowhere-{ns}") })],
  },
  {
    name: "a namespace and what is in it",
    steps: [
      start({
        "a.yaml": map("a", "1").replace("{ns}", "more-{ns}"),
        "z.yaml": 'apiVersion: v1\nkind: Namespace\nmetadata: { name: "more-{ns}" }\n',
      }),
    ],
  },
  {
    name: "a definition and its object",
    steps: [
      start({
        "a.yaml": 'apiVersion: "{ns}.example.org/v1"\nkind: Thing\nmetadata: { name: a, namespace: "{ns}" }\n',
        "crd.yaml": `apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: { name: "things.{ns}.example.org" }
spec:
  group: "{ns}.example.org"
  scope: Namespaced
  names: { kind: Thing, plural: things, singular: thing, listKind: ThingList }
  versions: [{ name: v1, served: true, storage: true, schema: { openAPIV3Schema: { type: object } } }]
`,
      }),
    ],
  },
  {
    name: "as a ServiceAccount that may nothing",
    steps: [start(one, { serviceAccountName: "nobody" })],
  },
  {
    name: "as a ServiceAccount that may some",
    steps: [
      async (hand) => {
        await hand.write({ apiVersion: "v1", kind: "ServiceAccount", metadata: { name: "deployer" } });
        await hand.write({
          apiVersion: "rbac.authorization.k8s.io/v1",
          kind: "Role",
          metadata: { name: "deployer" },
          rules: [{ apiGroups: [""], resources: ["configmaps"], verbs: ["get", "list", "patch", "create"] }],
        });
        await hand.write({
          apiVersion: "rbac.authorization.k8s.io/v1",
          kind: "RoleBinding",
          metadata: { name: "deployer" },
          roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "Role", name: "deployer" },
          subjects: [{ kind: "ServiceAccount", name: "deployer", namespace: "{ns}" }],
        });
        await hand.publish(two);
        await hand.kustomize({ serviceAccountName: "deployer" });
        await hand.request();
      },
      publish({ "a.yaml": map("a", "2") }),
      publish({ ...two, "c.yaml": deployment("web") }),
    ],
    beside: [configMap("b")],
  },
  {
    name: "a cluster whose kubeconfig is not there",
    steps: [start(two, { kubeConfig: { secretRef: { name: "gone" } } })],
  },
  {
    name: "a kubeconfig that is none",
    differs: "the Secret is named",
    steps: [
      async (hand) => {
        await hand.write({
          apiVersion: "v1",
          kind: "Secret",
          metadata: { name: "remote" },
          stringData: { value: "nonsense" },
        });
        await hand.publish(two);
        await hand.kustomize({ kubeConfig: { secretRef: { name: "remote" } } });
        await hand.request();
      },
      written({
        apiVersion: "v1",
        kind: "Secret",
        metadata: { name: "remote" },
        stringData: { other: "key" },
      } as KubeObject),
    ],
  },
  {
    name: "depends on one that is suspended",
    steps: [
      async (hand) => {
        await hand.publish(two);
        await hand.kustomize({}, "first");
        await hand.request("first");
        await hand.change({ suspend: true }, "first");
        await hand.look("first");
        await hand.publish({ "a.yaml": map("c", "1") }, "other");
        await hand.kustomize({ dependsOn: [{ name: "first" }], sourceRef: { kind: "GitRepository", name: "other" } });
        await hand.request();
      },
    ],
  },
  {
    name: "a Secret that is encrypted",
    differs: "text that is encrypted is refused where it is base64, too",
    steps: [
      start({
        "a.yaml": `apiVersion: v1\nkind: Secret\nmetadata: { name: a, namespace: "{ns}" }\nstringData: { a: "ENC[AES256_GCM,data:x]" }\nsops: { mac: x }\n`,
      }),
    ],
  },
  {
    name: "decryption with a key that is not there",
    differs: "the Secret is named",
    steps: [start(two, { decryption: { provider: "sops", secretRef: { name: "gone" } } })],
  },
  {
    name: "Secrets are masked",
    steps: [
      start({
        "a.yaml": `apiVersion: v1\nkind: Secret\nmetadata: { name: a, namespace: "{ns}" }\nstringData: { password: hunter22 }\n`,
      }),
      publish({
        "a.yaml": `apiVersion: v1\nkind: Secret\nmetadata: { name: a, namespace: "{ns}" }\ndata: { password: "not base64!" }\n`,
      }),
    ],
  },
  {
    name: "suspended",
    steps: [
      start(two),
      async (hand) => {
        await hand.change({ suspend: true });
        await hand.look();
        await hand.publish({ "a.yaml": map("a", "2") });
      },
      change({ suspend: false }),
    ],
    beside: [configMap("b")],
  },
  { name: "deleted", steps: [start(two), end], beside: [configMap("a")] },
  { name: "deleted without pruning", steps: [start(two, { prune: false }), end], beside: [configMap("a")] },
  { name: "deleted with Orphan", steps: [start(two, { deletionPolicy: "Orphan" }), end], beside: [configMap("a")] },
  {
    name: "deleted with Delete and without pruning",
    steps: [start(two, { prune: false, deletionPolicy: "Delete" }), end],
    beside: [configMap("a")],
  },
  {
    name: "deleted with WaitForTermination",
    steps: [start(two, { deletionPolicy: "WaitForTermination" }), end],
    beside: [configMap("a")],
  },
  {
    name: "deleted while suspended",
    steps: [start(two), async (hand) => (await hand.change({ suspend: true }), hand.end())],
    beside: [configMap("a")],
  },
  {
    name: "a finalizer of another's",
    steps: [
      start({ "a.yaml": map("a", "1", ", finalizers: [example.org/kept]"), "b.yaml": map("b", "1") }),
      publish({ "b.yaml": map("b", "1") }),
      async (hand) => (await hand.patch(mapRef("a"), { metadata: { finalizers: null } }), hand.request()),
    ],
    beside: [configMap("a")],
  },
  {
    name: "renamed in one commit",
    steps: [start({ "a.yaml": deployment("web") }), publish({ "a.yaml": deployment("shop") })],
  },
  {
    name: "its ServiceAccount is gone when it is deleted",
    steps: [
      start({ "a.yaml": map("a", "1") }),
      async (hand) => {
        await hand.change({ serviceAccountName: "nobody" });
        await hand.request();
      },
      end,
    ],
    beside: [configMap("a")],
  },
];
