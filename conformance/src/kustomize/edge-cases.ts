/** Small kustomizations, each about one rule of upstream's; what is built is the folder `top`, or the root where there is none. */
export interface EdgeCase {
  name: string;
  files: Readonly<Record<string, string>>;
}

const deployment = `apiVersion: apps/v1
kind: Deployment
metadata:
  name: app
  labels: {app: app}
spec:
  replicas: 2
  selector: {matchLabels: {app: app}}
  template:
    metadata: {labels: {app: app}}
    spec:
      containers:
      - name: main
        image: nginx:1.0
        ports:
        - containerPort: 80
          protocol: TCP
        - containerPort: 80
          protocol: UDP
        env:
        - {name: A, value: "1"}
        - {name: B, value: b}
`;
const configMap = `apiVersion: v1
kind: ConfigMap
metadata: {name: cm}
data:
  k: v
  json: '{"a": {"b": 1}, "list": [1, 2]}'
  yaml: |
    server:
      port: 80
      name: x
`;
const widget = `apiVersion: example.com/v1
kind: Widget
metadata: {name: w, finalizers: [a, b]}
spec:
  size: 3
  list: [{name: a, v: 1}, {name: b, v: 2}]
  none:
  null1: null
  tilde: ~
  quoted: "5"
  date: 2001-01-01
  big: 12345678901234567890
  float: 1.50
`;

const one = (
  kustomization: string,
  resources: string = deployment + "---\n" + configMap + "---\n" + widget,
): EdgeCase["files"] => ({
  "kustomization.yaml": `resources: [all.yaml]\n${kustomization}`,
  "all.yaml": resources,
});

const inline = (patch: string, target: string = ""): EdgeCase["files"] =>
  one(`patches:\n- patch: |\n${patch.replace(/^(?=.)/gm, "    ")}${target === "" ? "" : `  target: {${target}}\n`}`);

const widgetPatch = (spec: string): EdgeCase["files"] =>
  inline(`apiVersion: example.com/v1\nkind: Widget\nmetadata: {name: w}\n${spec}`);
const deploymentPatch = (pod: string): EdgeCase["files"] =>
  inline(
    `apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: app}\nspec:\n  template:\n    spec:\n${pod.replace(/^(?=.)/gm, "      ")}`,
  );
const replacement = (text: string): EdgeCase["files"] => one(`replacements:\n${text}`);
const from = (source: string, target: string): EdgeCase["files"] =>
  replacement(`- source: {${source}}\n  targets:\n  - ${target}\n`);

/** Every edge case by name; `write-golden.ts` asks upstream for the outcomes. */
export const edgeCases: readonly EdgeCase[] = [
  { name: "plain", files: one("") },
  { name: "duplicate fields of a kustomization", files: { ...one("namePrefix: a-\nnamePrefix: b-\n") } },
  {
    name: "duplicate keys of a resource",
    files: one("", "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata: {k: 1}\ndata: {k: 2}\n"),
  },
  {
    name: "fields in other case",
    files: { "kustomization.yaml": "Resources: [all.yaml]\nNAMEPREFIX: x-\n", "all.yaml": configMap },
  },
  { name: "unknown field", files: one("nameprefixes: a\n") },
  { name: "wrong type", files: one("namespace: 5\n") },
  { name: "null fields", files: one("namespace:\nlabels:\npatches: null\n") },
  { name: "empty kustomization", files: { "kustomization.yaml": "kind: Kustomization\n" } },
  { name: "empty resources", files: { "kustomization.yaml": "resources: []\n" } },
  { name: "wrong apiVersion", files: one("apiVersion: kustomize.config.k8s.io/v1\n") },
  { name: "wrong kind", files: one("kind: Kustomize\n") },
  { name: "two kustomization files", files: { ...one(""), "kustomization.yml": "resources: [all.yaml]\n" } },
  { name: "missing resource", files: { "kustomization.yaml": "resources: [nothing.yaml]\n" } },
  { name: "missing kind", files: one("", "apiVersion: v1\nmetadata: {name: a}\n") },
  { name: "missing name", files: one("", "apiVersion: v1\nkind: ConfigMap\nmetadata: {namespace: a}\n") },
  { name: "missing apiVersion", files: one("", "kind: ConfigMap\nmetadata: {name: a}\n") },
  { name: "name is a number", files: one("", "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: 123}\n") },
  { name: "generateName only", files: one("", "apiVersion: batch/v1\nkind: Job\nmetadata: {generateName: a-}\n") },
  { name: "empty documents", files: one("", `---\n---\n# nothing\n---\n${configMap}---\n`) },
  { name: "text after separator", files: one("", `${configMap}--- text\n${widget}`) },
  { name: "comment after separator", files: one("", `${configMap}--- # next\n${widget}`) },
  { name: "windows line ends", files: one("", `${configMap}---\n${widget}`.replaceAll("\n", "\r\n")) },
  { name: "byte order mark", files: one("", `\uFEFF${configMap}`) },
  {
    name: "list",
    files: one(
      "",
      "apiVersion: v1\nkind: List\nitems:\n- {apiVersion: v1, kind: ConfigMap, metadata: {name: a}, data: {d: 2001-01-01, n: 1e3}}\n- {apiVersion: v1, kind: Secret, metadata: {name: b}}\n",
    ),
  },
  {
    name: "typed list among others",
    files: one(
      "",
      `apiVersion: v1\nkind: ConfigMapList\nitems:\n- {apiVersion: v1, kind: ConfigMap, metadata: {name: a}, data: {n: 1000000}}\n---\n${widget}`,
    ),
  },
  {
    name: "list without items",
    files: one("", `apiVersion: v1\nkind: ConfigMapList\nmetadata: {name: x}\n---\n${widget}`),
  },
  { name: "list with null items", files: one("", `apiVersion: v1\nkind: ConfigMapList\nitems:\n---\n${widget}`) },
  {
    name: "anchors",
    files: one(
      "",
      "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a, labels: &l {x: y}, annotations: *l}\ndata: {<<: *l, z: w}\n",
    ),
  },
  {
    name: "merge of several anchors",
    files: one(
      "",
      "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\na: &a {x: 1, y: 1}\nb: &b {x: 2, z: 2}\nc:\n  <<: [*a, *b]\n  z: 3\n",
    ),
  },
  {
    name: "same id twice",
    files: { "kustomization.yaml": "resources: [a.yaml, b.yaml]\n", "a.yaml": configMap, "b.yaml": configMap },
  },
  {
    name: "same id in default namespace",
    files: {
      "kustomization.yaml": "resources: [a.yaml, b.yaml]\n",
      "a.yaml": configMap,
      "b.yaml": configMap.replace("{name: cm}", "{name: cm, namespace: default}"),
    },
  },
  {
    name: "annotations that are no strings",
    files: one(
      "",
      "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a, annotations: {b: true, n: 5, z: null, e: }, labels: {b: true}}\n",
    ),
  },
  {
    name: "empty annotations",
    files: one("", "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a, annotations: {}, labels: {}}\n"),
  },
  {
    name: "null metadata members",
    files: one("", "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a, annotations: , labels: null, namespace: }\n"),
  },
  {
    name: "internal annotations",
    files: one(
      "",
      "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a, annotations: {config.kubernetes.io/path: x, config.kubernetes.io/index: '0', internal.config.kubernetes.io/needsHashSuffix: enabled, config.kubernetes.io/origin: x}}\n",
    ),
  },
  {
    name: "local config",
    files: one(
      "",
      `${configMap}---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: a, annotations: {config.kubernetes.io/local-config: "true"}}\n---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: b, annotations: {config.kubernetes.io/local-config: "false"}}\n`,
    ),
  },
  {
    name: "scalars",
    files: one(
      "",
      "apiVersion: v1\nkind: X\nmetadata: {name: a}\nv: [yes, on, n, ~, 0755, 0o755, 0xff, 1_000, 1e3, 1., .5, +1, -0.0, 12e03, 1:30, 2001-01-01, 2001-01-01 10:00:00, =, <<, !!str 5, !!int '5', .inf, '', 'a\tb']\n",
    ),
  },
  { name: "not a number", files: one("", "apiVersion: v1\nkind: X\nmetadata: {name: a}\nv: .nan\n") },
  { name: "binary tag", files: one("", "apiVersion: v1\nkind: X\nmetadata: {name: a}\nv: !!binary aGVsbG8=\n") },
  { name: "custom tag", files: one("", "apiVersion: v1\nkind: X\nmetadata: {name: a}\nv: !foo bar\n") },
  {
    name: "keys that are no strings",
    files: one("", "apiVersion: v1\nkind: X\nmetadata: {name: a}\nv: {1: a, true: b, 1.5: c}\n"),
  },
  { name: "null key", files: one("", "apiVersion: v1\nkind: X\nmetadata: {name: a}\nv: {null: a}\n") },
  {
    name: "emoji and escapes",
    files: one(
      "",
      'apiVersion: v1\nkind: X\nmetadata: {name: a}\nv: ["😀", "a\\tb", "\\u0000", "\\x7f", "\\u2028", "tr \\n", "\\n", " lead", "a: b", "- x", "#"]\n',
    ),
  },
  {
    name: "block scalars",
    files: one(
      "",
      "apiVersion: v1\nkind: X\nmetadata: {name: a}\na: |\n  x\n   y\n\nb: >-\n  x\n   y\n   z\nc: |+\n  x\n\nd: |2\n    lead\ne: >\n  one\n\n  two\n",
    ),
  },
  {
    name: "comments",
    files: one(
      "",
      "# head\napiVersion: v1 # line\nkind: X\nmetadata:\n  # inner\n  name: a # n\nv:\n- a # x\n# foot\n- b\n# end\n",
    ),
  },
  {
    name: "merge ports by two keys",
    files: deploymentPatch(
      "containers:\n- name: main\n  ports:\n  - containerPort: 80\n    protocol: UDP\n    name: dns\n",
    ),
  },
  {
    name: "merge ports with a key missing",
    files: deploymentPatch(
      "containers:\n- name: main\n  ports:\n  - containerPort: 80\n    name: http\n  - containerPort: 81\n",
    ),
  },
  {
    name: "merge finalizers",
    files: {
      ...one("patches:\n- path: p.yaml\n", deployment.replace("name: app\n", "name: app\n  finalizers: [a, x]\n")),
      "p.yaml": "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: app, finalizers: [x, y, x]}\n",
    },
  },
  {
    name: "delete an element",
    files: deploymentPatch("containers:\n- name: main\n  env:\n  - name: A\n    $patch: delete\n"),
  },
  {
    name: "replace a list",
    files: deploymentPatch("containers:\n- name: main\n  env:\n  - $patch: replace\n  - {name: C, value: c}\n"),
  },
  { name: "delete a list", files: deploymentPatch("containers:\n- name: main\n  env:\n  - $patch: delete\n") },
  { name: "replace a map", files: deploymentPatch("$patch: replace\ncontainers: []\n") },
  { name: "delete a map", files: deploymentPatch("$patch: delete\n") },
  { name: "unknown directive", files: deploymentPatch("$patch: remove\n") },
  {
    name: "retain keys",
    files: inline(
      "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: app}\nspec: {strategy: {$retainKeys: [type], type: Recreate}}\n",
    ),
  },
  { name: "delete by patch", files: inline("apiVersion: v1\nkind: ConfigMap\nmetadata: {name: cm}\n$patch: delete\n") },
  {
    name: "replace a whole object",
    files: inline("apiVersion: v1\nkind: ConfigMap\nmetadata: {name: cm}\n$patch: replace\ndata: {new: x}\n"),
  },
  {
    name: "nulls in patches of unknown kinds",
    files: widgetPatch("spec: {size: null, new: null, deep: {a: null, b: 1}, none: 1}\n"),
  },
  { name: "nulls that stay", files: widgetPatch("spec: {other: 1}\n") },
  { name: "lists of unknown kinds", files: widgetPatch("spec: {list: [{name: a, w: 9}]}\n") },
  {
    name: "directives in lists of unknown kinds",
    files: widgetPatch("spec: {list: [{$patch: replace}, {name: c}]}\n"),
  },
  { name: "number into quotes", files: widgetPatch("spec: {quoted: 6, size: '7'}\n") },
  { name: "map over scalar", files: widgetPatch("spec: {size: {a: 1}}\n") },
  { name: "scalar over map", files: widgetPatch("spec: 5\n") },
  {
    name: "patch labels with target",
    files: inline(
      "apiVersion: v1\nkind: X\nmetadata: {name: any, labels: {app: null, n: 5}, annotations: {a: true}}\n",
      "kind: Deployment",
    ),
  },
  {
    name: "patch labels by name",
    files: inline(
      "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: app, labels: {app: null, n: 5}, annotations: {a: true}}\n",
    ),
  },
  { name: "patch without match", files: inline("apiVersion: v1\nkind: ConfigMap\nmetadata: {name: nobody}\n") },
  {
    name: "target without match",
    files: inline("apiVersion: v1\nkind: ConfigMap\nmetadata: {name: any}\ndata: {z: z}\n", "kind: Nobody"),
  },
  { name: "patch of an empty text", files: one("patches:\n- patch: ''\n") },
  { name: "patch of a comment", files: one("patches:\n- patch: '# nothing'\n") },
  { name: "patch and path", files: { ...one("patches:\n- patch: x\n  path: p.yaml\n"), "p.yaml": "" } },
  {
    name: "several patches with target",
    files: inline(
      "apiVersion: v1\nkind: X\nmetadata: {name: a}\n---\napiVersion: v1\nkind: X\nmetadata: {name: b}\n",
      "kind: Deployment",
    ),
  },
  {
    name: "several patches without target",
    files: inline(
      `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: cm}\ndata: {x: y}\n---\napiVersion: example.com/v1\nkind: Widget\nmetadata: {name: w}\nspec: {x: y}\n`,
    ),
  },
  {
    name: "name change",
    files: one(
      "patches:\n- options: {allowNameChange: true}\n  patch: |\n    apiVersion: v1\n    kind: ConfigMap\n    metadata: {name: renamed}\n  target: {kind: ConfigMap}\n",
    ),
  },
  {
    name: "name and kind change",
    files: one(
      "namePrefix: p-\npatches:\n- options: {allowNameChange: true, allowKindChange: true}\n  patch: |\n    apiVersion: v1\n    kind: Secret\n    metadata: {name: renamed}\n  target: {kind: ConfigMap}\n",
    ),
  },
  {
    name: "namespace of a patch",
    files: inline(
      "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: app, namespace: default}\nspec: {replicas: 3}\n",
    ),
  },
  { name: "json patch without target", files: one("patches:\n- patch: '[{op: add, path: /x, value: 1}]'\n") },
  {
    name: "json patch",
    files: inline(
      '- {op: add, path: /metadata/annotations/x, value: "1"}\n- {op: replace, path: /data/k, value: 1000000}\n- {op: add, path: /data/date, value: 2001-01-01}\n',
      "kind: ConfigMap",
    ),
  },
  {
    name: "json patch in flow style",
    files: one("patches:\n- patch: '[{op: replace, path: /data/k, value: x}]'\n  target: {kind: ConfigMap}\n"),
  },
  {
    name: "json patch in json",
    files: one(
      'patches:\n- patch: \'[{"op": "add", "path": "/data/a~1b", "value": "x"}]\'\n  target: {kind: ConfigMap}\n',
    ),
  },
  {
    name: "json patch tests",
    files: inline(
      "- {op: test, path: /spec/size, value: 3}\n- {op: remove, path: /spec/list/-1}\n- {op: copy, from: /spec/list/0, path: /spec/list/-}\n- {op: move, from: /spec/quoted, path: /spec/moved}\n",
      "kind: Widget",
    ),
  },
  { name: "json patch test fails", files: inline("- {op: test, path: /spec/size, value: '3'}\n", "kind: Widget") },
  { name: "json patch removes nothing", files: inline("- {op: remove, path: /spec/nothing}\n", "kind: Widget") },
  { name: "json patch beyond the end", files: inline("- {op: add, path: /spec/list/9, value: 1}\n", "kind: Widget") },
  {
    name: "json patch replaces what is missing",
    files: inline("- {op: replace, path: /spec/nothing, value: 1}\n", "kind: Widget"),
  },
  {
    name: "json patch into missing map",
    files: inline("- {op: add, path: /spec/nothing/x, value: 1}\n", "kind: Widget"),
  },
  { name: "json patch without value", files: inline("- {op: add, path: /spec/nothing}\n", "kind: Widget") },
  {
    name: "json patch with unknown operation",
    files: inline("- {op: merge, path: /spec/size, value: 1}\n", "kind: Widget"),
  },
  {
    name: "json patch of big numbers",
    files: inline(
      "- {op: add, path: /spec/x, value: 12345678901234567890}\n- {op: add, path: /spec/y, value: 1.5}\n",
      "kind: Widget",
    ),
  },
  {
    name: "json patch changes the name",
    files: {
      "base/kustomization.yaml":
        'resources: [all.yaml]\npatches:\n- patch: \'[{"op": "replace", "path": "/metadata/name", "value": "renamed"}]\'\n  target: {kind: ConfigMap}\n',
      "base/all.yaml": `${configMap}---\n${deployment.replace("env:\n", "envFrom: [{configMapRef: {name: cm}}]\n        env:\n")}`,
      "top/kustomization.yaml": "resources: [../base]\nnamePrefix: p-\n",
    },
  },
  {
    name: "patchesStrategicMerge in a file",
    files: {
      ...one("patchesStrategicMerge: [p.yaml]\n"),
      "p.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: cm}\ndata: {x: y}\n",
    },
  },
  {
    name: "patchesStrategicMerge empty",
    files: { ...one("patchesStrategicMerge: [p.yaml]\n"), "p.yaml": "# nothing\n" },
  },
  {
    name: "patchesJson6902",
    files: one(
      'patchesJson6902:\n- target: {version: v1, kind: ConfigMap, name: cm}\n  patch: \'[{"op": "add", "path": "/metadata/annotations", "value": {"a": "b"}}]\'\n',
    ),
  },
  {
    name: "patchesJson6902 into missing annotations",
    files: one(
      'patchesJson6902:\n- target: {version: v1, kind: ConfigMap, name: cm}\n  patch: \'[{"op": "add", "path": "/metadata/annotations/x", "value": "b"}]\'\n',
    ),
  },
  {
    name: "patchesJson6902 without name",
    files: one(
      'patchesJson6902:\n- target: {version: v1, kind: ConfigMap}\n  patch: \'[{"op": "add", "path": "/x", "value": 1}]\'\n',
    ),
  },
  {
    name: "namespace",
    files: one(
      "namespace: ns\n",
      `${deployment}---\napiVersion: v1\nkind: Namespace\nmetadata: {name: old}\n---\napiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRoleBinding\nmetadata: {name: crb}\nroleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: cr}\nsubjects: [{kind: ServiceAccount, name: default, namespace: x}, {kind: ServiceAccount, name: sa, namespace: x}, {kind: User, name: default}]\n---\napiVersion: apiregistration.k8s.io/v1\nkind: APIService\nmetadata: {name: v1.x}\nspec: {service: {name: s, namespace: y}}\n---\napiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: {name: c}\nspec: {conversion: {webhook: {clientConfig: {service: {name: s, namespace: y}}}}}\n`,
    ),
  },
  {
    name: "namespace makes two objects one",
    files: one("namespace: ns\n", `${configMap}---\n${configMap.replace("{name: cm}", "{name: cm, namespace: b}")}`),
  },
  {
    name: "two namespaces renamed",
    files: one(
      "namespace: ns\n",
      "apiVersion: v1\nkind: Namespace\nmetadata: {name: a}\n---\napiVersion: v1\nkind: Namespace\nmetadata: {name: b}\n",
    ),
  },
  {
    name: "prefix and suffix",
    files: one(
      "namePrefix: p-\nnameSuffix: -s\n",
      `${configMap}---\napiVersion: v1\nkind: Namespace\nmetadata: {name: n}\n---\napiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: {name: c}\n---\napiVersion: apiregistration.k8s.io/v1\nkind: APIService\nmetadata: {name: v1.x}\n`,
    ),
  },
  {
    name: "prefix of a number",
    files: one(
      'namePrefix: "1"\n',
      "apiVersion: v1\nkind: X\nmetadata: {name: 23}\n---\napiVersion: v1\nkind: X\nmetadata: {name: '45'}\n",
    ),
  },
  {
    name: "labels share their values",
    files: {
      "base/kustomization.yaml": "resources: [all.yaml]\ncommonLabels: {shared: x}\n",
      "base/all.yaml": deployment,
      "top/kustomization.yaml":
        "resources: [../base]\npatches:\n- patch: |\n    apiVersion: apps/v1\n    kind: Deployment\n    metadata: {name: app, labels: {shared: patched}}\n",
    },
  },
  {
    name: "labels without selectors",
    files: one(
      "labels:\n- pairs: {a: b}\n- pairs: {c: 'true'}\n  includeTemplates: true\n- pairs: {e: f}\n  fields: [{path: spec/labels, create: true, kind: Widget}]\n",
    ),
  },
  { name: "labels with selectors", files: one("labels:\n- pairs: {a: b}\n  includeSelectors: true\n") },
  {
    name: "labels over null",
    files: one(
      "commonLabels: {a: b}\ncommonAnnotations: {c: d}\n",
      "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a, labels: null, annotations: }\n",
    ),
  },
  {
    name: "labels over scalars",
    files: one("commonLabels: {a: b}\n", "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a, labels: text}\n"),
  },
  {
    name: "conflicting field specs",
    files: one("labels:\n- pairs: {a: b}\n  fields: [{path: metadata/labels, create: false}]\n"),
  },
  {
    name: "images",
    files: one("images:\n- {name: nginx, newTag: '2'}\n- {name: 'ng.*', newName: other, digest: 'sha256:1'}\n"),
  },
  { name: "image with bad expression", files: one("images:\n- {name: 'ngin(', newTag: '2'}\n") },
  { name: "image tag and digest", files: one("images:\n- {name: nginx, newTag: '2', digest: 'sha256:1'}\n") },
  {
    name: "images in unknown kinds",
    files: one(
      "images: [{name: x, newTag: '2'}]\n",
      "apiVersion: e/v1\nkind: W\nmetadata: {name: w}\nspec: {deep: {containers: [{image: x}, {image: x:1}, {name: none}], initContainers: [{image: 'x@sha256:a'}], other: [{image: x}]}}\n",
    ),
  },
  {
    name: "image is no text",
    files: one(
      "images: [{name: x, newTag: '2'}]\n",
      "apiVersion: e/v1\nkind: W\nmetadata: {name: w}\nspec: {containers: [{image: {name: x}}]}\n",
    ),
  },
  { name: "replicas", files: one("replicas: [{name: app, count: 0}]\n") },
  { name: "replicas without match", files: one("replicas: [{name: nobody, count: 1}]\n") },
  {
    name: "replicas over null",
    files: one("replicas: [{name: app, count: 4}]\n", deployment.replace("replicas: 2", "replicas: null")),
  },
  {
    name: "generators",
    files: {
      ...one(
        "configMapGenerator:\n- name: gen\n  literals: [a=1, 'b=\"quoted\"', c=x=y]\n  files: [f.txt, key=f.txt]\n  envs: [e.env]\nsecretGenerator:\n- name: sec\n  literals: [p=w]\n  type: t\n  options: {immutable: true, labels: {a: b}, annotations: {c: 'true'}}\n",
      ),
      "f.txt": "text\n",
      "e.env": "# c\nX=1\nY\n Z=2 \n",
    },
  },
  {
    name: "long secret",
    files: { ...one("secretGenerator:\n- name: sec\n  files: [f.txt]\n"), "f.txt": "x".repeat(200) },
  },
  { name: "generator repeats a key", files: one("configMapGenerator: [{name: a, literals: [a=1, a=2]}]\n") },
  { name: "generator without name", files: one("configMapGenerator: [{literals: [a=1]}]\n") },
  { name: "generator of an existing name", files: one("configMapGenerator: [{name: cm, literals: [a=1]}]\n") },
  { name: "generator merges", files: one("configMapGenerator: [{name: cm, behavior: merge, literals: [a=1]}]\n") },
  { name: "generator replaces", files: one("configMapGenerator: [{name: cm, behavior: replace, literals: [a=1]}]\n") },
  {
    name: "generator merges with nothing",
    files: one("configMapGenerator: [{name: none, behavior: merge, literals: [a=1]}]\n"),
  },
  {
    name: "secret merges stringData",
    files: one(
      "secretGenerator: [{name: s, behavior: merge, literals: [b=2]}]\n",
      "apiVersion: v1\nkind: Secret\nmetadata: {name: s}\nstringData: {a: x, b: y}\ndata: {c: eg==}\n",
    ),
  },
  { name: "bad literal", files: one("configMapGenerator: [{name: a, literals: [novalue]}]\n") },
  {
    name: "generator options",
    files: one(
      "generatorOptions: {disableNameSuffixHash: true, labels: {g: l}, annotations: {g: a}}\nconfigMapGenerator: [{name: a, literals: [x=1], options: {labels: {g: own}}}]\n",
    ),
  },
  {
    name: "references follow generated names",
    files: one(
      "namePrefix: p-\nconfigMapGenerator: [{name: gen, literals: [a=1]}]\n",
      deployment.replace("- {name: B, value: b}", "- {name: B, valueFrom: {configMapKeyRef: {name: gen, key: a}}}"),
    ),
  },
  {
    name: "references across namespaces",
    files: {
      "top/kustomization.yaml": "resources: [../a, ../b]\n",
      "a/kustomization.yaml": "resources: [all.yaml]\nnamespace: a\nnamePrefix: a-\n",
      "a/all.yaml": `${configMap}---\n${deployment.replace("env:\n", "envFrom: [{configMapRef: {name: cm}}]\n        env:\n")}`,
      "b/kustomization.yaml": "resources: [all.yaml]\nnamespace: b\nnamePrefix: b-\n",
      "b/all.yaml": configMap,
    },
  },
  {
    name: "ambiguous reference",
    files: {
      "top/kustomization.yaml": "resources: [../a, ../b, d.yaml]\n",
      "top/d.yaml": deployment.replace("env:\n", "envFrom: [{configMapRef: {name: cm}}]\n        env:\n"),
      "a/kustomization.yaml": "resources: [all.yaml]\nnamePrefix: a-\n",
      "a/all.yaml": configMap,
      "b/kustomization.yaml": "resources: [all.yaml]\nnamePrefix: b-\n",
      "b/all.yaml": configMap,
    },
  },
  {
    name: "subjects follow",
    files: one(
      "namePrefix: p-\nnamespace: n\n",
      "apiVersion: v1\nkind: ServiceAccount\nmetadata: {name: sa}\n---\napiVersion: rbac.authorization.k8s.io/v1\nkind: RoleBinding\nmetadata: {name: rb}\nroleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: r}\nsubjects: [{kind: ServiceAccount, name: sa}, {kind: ServiceAccount, name: sa, namespace: default}, {kind: ServiceAccount, name: sa, namespace: other}]\n---\napiVersion: rbac.authorization.k8s.io/v1\nkind: Role\nmetadata: {name: r}\n",
    ),
  },
  {
    name: "components",
    files: {
      "top/kustomization.yaml": "resources: [../base]\ncomponents: [../c]\nnamePrefix: top-\n",
      "base/kustomization.yaml": "resources: [all.yaml]\nnamePrefix: base-\n",
      "base/all.yaml": configMap,
      "c/kustomization.yaml":
        "apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\nnameSuffix: -c\nconfigMapGenerator: [{name: cm, behavior: merge, literals: [z=z]}]\n",
    },
  },
  {
    name: "component as resource",
    files: {
      "top/kustomization.yaml": "resources: [../c]\n",
      "c/kustomization.yaml": "apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\nnameSuffix: -c\n",
    },
  },
  {
    name: "resource as component",
    files: { "top/kustomization.yaml": "components: [../c]\n", "c/kustomization.yaml": "nameSuffix: -c\n" },
  },
  {
    name: "cycle",
    files: { "top/kustomization.yaml": "resources: [../a]\n", "a/kustomization.yaml": "resources: [../top]\n" },
  },
  { name: "itself", files: { "kustomization.yaml": "resources: [.]\n" } },
  { name: "file outside", files: { "top/kustomization.yaml": "resources: [../x.yaml]\n", "x.yaml": configMap } },
  {
    name: "ambiguous path",
    files: { "top/kustomization.yaml": "resources: ['../a - ../b']\n", "a/kustomization.yaml": "resources: []\n" },
  },
  {
    name: "deprecated bases",
    files: {
      "top/kustomization.yaml": "bases: [../a]\n",
      "a/kustomization.yaml": "resources: [all.yaml]\n",
      "a/all.yaml": configMap,
    },
  },
  {
    name: "deprecated imageTags and env",
    files: {
      ...one("imageTags: [{name: nginx, newTag: '9'}]\nconfigMapGenerator: [{name: e, env: e.env}]\n"),
      "e.env": "A=1\n",
    },
  },
  {
    name: "replace a name",
    files: from("kind: ConfigMap, name: cm", "select: {kind: Widget}\n    fieldPaths: [spec.quoted, spec.size]"),
  },
  {
    name: "replace by an element",
    files: from(
      "kind: ConfigMap, name: cm, fieldPath: data.k",
      "select: {kind: Widget}\n    fieldPaths: ['spec.list.[name=b].v', spec.list.0.v]",
    ),
  },
  {
    name: "replace every element",
    files: from(
      "kind: ConfigMap, name: cm, fieldPath: data.k",
      "select: {kind: Deployment}\n    fieldPaths: ['spec.template.spec.containers.*.env.*.value']",
    ),
  },
  {
    name: "replace in json",
    files: from(
      "kind: Widget, name: w, fieldPath: spec.size",
      "select: {kind: ConfigMap}\n    fieldPaths: [data.json.a.b, data.json.list.1, data.yaml.server.port]",
    ),
  },
  {
    name: "replace creates",
    files: from(
      "kind: Widget, name: w, fieldPath: spec.size",
      "select: {kind: ConfigMap}\n    fieldPaths: ['metadata.annotations.[a.b/c]', 'data.new', 'spec.list.[name=n].x']\n    options: {create: true}",
    ),
  },
  {
    name: "replace of what is missing",
    files: from(
      "kind: Widget, name: w, fieldPath: spec.size",
      "select: {kind: ConfigMap}\n    fieldPaths: [data.nothing]",
    ),
  },
  {
    name: "replace from what is missing",
    files: from(
      "kind: Widget, name: w, fieldPath: spec.nothing",
      "select: {kind: ConfigMap}\n    fieldPaths: [data.k]",
    ),
  },
  {
    name: "replace from nobody",
    files: from("kind: Widget, name: nobody", "select: {kind: ConfigMap}\n    fieldPaths: [data.k]"),
  },
  {
    name: "replace with delimiters",
    files: replacement(
      "- source: {kind: Deployment, fieldPath: 'spec.template.spec.containers.0.image', options: {delimiter: ':', index: 1}}\n  targets:\n  - select: {kind: ConfigMap}\n    fieldPaths: [data.k]\n    options: {delimiter: '-', index: -1}\n  - select: {kind: Widget}\n    fieldPaths: [spec.quoted]\n",
    ),
  },
  {
    name: "replace with a bad index",
    files: replacement(
      "- source: {kind: Deployment, options: {delimiter: '-', index: 5}}\n  targets:\n  - select: {kind: ConfigMap}\n    fieldPaths: [data.k]\n",
    ),
  },
  {
    name: "replace with a map",
    files: from(
      "kind: Deployment, fieldPath: spec.selector",
      "select: {kind: Widget}\n    fieldPaths: [spec.list, spec.size]",
    ),
  },
  {
    name: "replace with a value",
    files: replacement(
      "- sourceValue: '5'\n  targets:\n  - select: {kind: Widget}\n    fieldPaths: [spec.size, spec.quoted, spec.none]\n",
    ),
  },
  {
    name: "replace with rejects",
    files: replacement(
      "- sourceValue: x\n  targets:\n  - select: {name: '.*'}\n    reject: [{kind: Widget}, {labelSelector: app=app}]\n    fieldPaths: [metadata.name]\n",
    ),
  },
  {
    name: "replacements in a file",
    files: {
      ...one("replacements: [{path: r.yaml}]\n"),
      "r.yaml":
        "source: {kind: ConfigMap, name: cm}\ntargets:\n- select: {kind: Widget}\n  fieldPaths: [spec.quoted]\n",
    },
  },
  {
    name: "vars",
    files: one(
      "namePrefix: p-\nvars:\n- {name: NAME, objref: {kind: ConfigMap, apiVersion: v1, name: cm}}\n- {name: COUNT, objref: {kind: Deployment, apiVersion: apps/v1, name: app}, fieldref: {fieldPath: spec.replicas}}\n",
      `${configMap}---\n${deployment.replace("value: b}", 'value: "$(NAME)-$(COUNT)-$$(NAME)-$(OTHER)"}').replace('value: "1"', "value: $(COUNT)")}`,
    ),
  },
  {
    name: "var of nobody",
    files: one("vars:\n- {name: NAME, objref: {kind: ConfigMap, apiVersion: v1, name: nobody}}\n"),
  },
  {
    name: "var twice",
    files: one(
      "vars:\n- {name: NAME, objref: {kind: ConfigMap, apiVersion: v1, name: cm}}\n- {name: NAME, objref: {kind: ConfigMap, apiVersion: v1, name: cm}}\n",
    ),
  },
  { name: "sort fifo", files: one("sortOptions: {order: fifo}\n") },
  {
    name: "sort legacy with own order",
    files: one("sortOptions: {order: legacy, legacySortOptions: {orderFirst: [Widget], orderLast: [ConfigMap]}}\n"),
  },
  { name: "sort by nonsense", files: one("sortOptions: {order: x}\n") },
  {
    name: "origins",
    files: {
      "top/kustomization.yaml":
        "resources: [../base, own.yaml]\nbuildMetadata: [originAnnotations, transformerAnnotations]\nnamePrefix: p-\nconfigMapGenerator: [{name: g, literals: [a=1]}]\n",
      "top/own.yaml": widget,
      "base/kustomization.yaml": "resources: [all.yaml]\nnameSuffix: -s\n",
      "base/all.yaml": configMap,
    },
  },
  {
    name: "inline transformers",
    files: one(
      "transformers:\n- |-\n  apiVersion: builtin\n  kind: PrefixSuffixTransformer\n  metadata: {name: x}\n  prefix: a-\n  suffix: -b\n  fieldSpecs: [{path: metadata/name}]\n",
    ),
  },
  {
    name: "external transformer",
    files: one("transformers:\n- |-\n  apiVersion: example.com/v1\n  kind: Mine\n  metadata: {name: x}\n"),
  },
  {
    name: "value add transformer",
    files: one(
      "transformers:\n- |-\n  apiVersion: builtin\n  kind: ValueAddTransformer\n  metadata: {name: x}\n  value: added\n  targets: [{fieldPath: metadata/labels/v}, {selector: {kind: ConfigMap}, fieldPath: data/path, filePathPosition: 1}]\n",
    ),
  },
  {
    name: "inline generator",
    files: one(
      "generators:\n- |-\n  apiVersion: builtin\n  kind: ConfigMapGenerator\n  metadata: {name: made, namespace: n}\n  literals: [a=1]\n",
    ),
  },
  {
    name: "validator",
    files: one(
      "validators:\n- |-\n  apiVersion: builtin\n  kind: LabelTransformer\n  metadata: {name: x}\n  labels: {a: b}\n  fieldSpecs: [{path: metadata/labels, create: true}]\n",
    ),
  },
  {
    name: "configurations",
    files: {
      ...one("configurations: [c.yaml]\nnamePrefix: p-\nimages: [{name: '5', newTag: x}]\n"),
      "c.yaml":
        "nameReference:\n- kind: ConfigMap\n  version: v1\n  fieldSpecs: [{path: spec/ref, kind: Widget}]\nimages: [{path: spec/quoted, kind: Widget}]\n",
    },
  },
  { name: "bad configuration", files: { ...one("configurations: [c.yaml]\n"), "c.yaml": "unknown: []\n" } },
  {
    name: "openapi file",
    files: {
      ...one(
        "openapi: {path: s.json}\npatches:\n- patch: |\n    apiVersion: example.com/v1\n    kind: Widget\n    metadata: {name: w}\n    spec: {list: [{name: b, v: 9}]}\n",
      ),
      "s.json": JSON.stringify({
        definitions: {
          "com.example.v1.Widget": {
            "x-kubernetes-group-version-kind": [{ group: "example.com", version: "v1", kind: "Widget" }],
            properties: {
              spec: {
                properties: {
                  list: {
                    type: "array",
                    items: { type: "object" },
                    "x-kubernetes-patch-merge-key": "name",
                    "x-kubernetes-patch-strategy": "merge",
                  },
                },
              },
            },
          },
        },
      }),
    },
  },
  {
    name: "openapi file and deployments",
    files: {
      ...one(
        "openapi: {path: s.json}\npatches:\n- patch: |\n    apiVersion: apps/v1\n    kind: Deployment\n    metadata: {name: app}\n    spec: {template: {spec: {containers: [{name: main, image: x}]}}}\n",
      ),
      "s.json": '{"definitions": {}}',
    },
  },
  { name: "helm charts", files: { "kustomization.yaml": "helmCharts: [{name: x}]\n" } },
  {
    name: "remote base",
    files: { "kustomization.yaml": "resources: ['https://example.invalid/org/repo//path?ref=v1']\n" },
  },
  {
    name: "IAM policy generator",
    files: one(
      "generators:\n- |-\n  apiVersion: builtin\n  kind: IAMPolicyGenerator\n  metadata: {name: g}\n  cloud: gke\n  kubernetesService: {name: k, namespace: n}\n  serviceAccount: {name: s, projectId: p}\n",
    ),
  },
  {
    name: "crds",
    files: {
      ...one(
        "crds: [crd.json]\nnamePrefix: p-\ncommonAnnotations: {a: b}\ncommonLabels: {c: d}\n",
        configMap + "---\n" + widget.replace("size: 3", "size: 3\n  ref: {name: cm}\n  notes: {}\n  pick: {}"),
      ),
      "crd.json": JSON.stringify({
        "com.example.Widget": {
          Schema: { properties: { apiVersion: {}, kind: {}, metadata: {}, spec: { $ref: "com.example.WidgetSpec" } } },
          Dependencies: [],
        },
        "com.example.WidgetSpec": {
          Schema: {
            properties: {
              ref: { "x-kubernetes-object-ref-api-version": "v1", "x-kubernetes-object-ref-kind": "ConfigMap" },
              notes: { "x-kubernetes-annotation": "" },
              pick: { "x-kubernetes-label-selector": "" },
              quoted: { "x-kubernetes-identity": "" },
            },
          },
        },
      }),
    },
  },
  {
    name: "transformers in a folder",
    files: {
      "top/kustomization.yaml": "resources: [all.yaml]\ntransformers: [../t]\n",
      "top/all.yaml": configMap,
      "t/kustomization.yaml": "resources: [t.yaml]\nnamePrefix: x-\n",
      "t/t.yaml":
        "apiVersion: builtin\nkind: LabelTransformer\nmetadata: {name: l}\nlabels: {a: b}\nfieldSpecs: [{path: metadata/labels, create: true}]\n",
    },
  },
  {
    name: "component with resources",
    files: {
      "top/kustomization.yaml": "resources: [all.yaml]\ncomponents: [../c, ../d]\n",
      "top/all.yaml": configMap,
      "c/kustomization.yaml":
        "apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\nresources: [w.yaml]\ncomponents: [../d]\nnamePrefix: c-\n",
      "c/w.yaml": widget,
      "d/kustomization.yaml":
        'apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\nnameSuffix: -d\npatches: [{target: {kind: ConfigMap}, patch: \'[{"op": "add", "path": "/data/d", "value": "1"}]\'}]\n',
    },
  },
  {
    name: "component built by itself",
    files: {
      "kustomization.yaml": "apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\nresources: [all.yaml]\n",
      "all.yaml": configMap,
    },
  },
  { name: "component with missing folder", files: one("components: [../nothing]\n") },
  {
    name: "annotation selector",
    files: one(
      'patches:\n- target: {annotationSelector: \'a in (b, c)\'}\n  patch: \'[{"op": "add", "path": "/x", "value": 1}]\'\n',
      "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a, annotations: {a: b}}\n---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: b, annotations: {a: d}}\n",
    ),
  },
  {
    name: "bad label selector",
    files: one(
      'patches:\n- target: {labelSelector: \'a in b\'}\n  patch: \'[{"op": "add", "path": "/x", "value": 1}]\'\n',
    ),
  },
  {
    name: "bad target expression",
    files: one('patches:\n- target: {name: \'(\'}\n  patch: \'[{"op": "add", "path": "/x", "value": 1}]\'\n'),
  },
  {
    name: "anchored target expression",
    files: one(
      'patches:\n- target: {kind: \'^Widget$\'}\n  patch: \'[{"op": "add", "path": "/x", "value": 1}]\'\n- target: {kind: \'Wid\'}\n  patch: \'[{"op": "add", "path": "/y", "value": 1}]\'\n',
    ),
  },
  {
    name: "target by first name",
    files: {
      "top/kustomization.yaml":
        'resources: [../base]\nnamePrefix: q-\npatches:\n- target: {name: cm}\n  patch: \'[{"op": "add", "path": "/x", "value": 1}]\'\n- target: {name: p-cm}\n  patch: \'[{"op": "add", "path": "/y", "value": 1}]\'\n',
      "base/kustomization.yaml": "resources: [all.yaml]\nnamePrefix: p-\n",
      "base/all.yaml": configMap,
    },
  },
  {
    name: "target by namespace",
    files: one(
      'patches:\n- target: {namespace: default}\n  patch: \'[{"op": "add", "path": "/x", "value": 1}]\'\n- target: {kind: ClusterRole, namespace: \'.*\'}\n  patch: \'[{"op": "add", "path": "/y", "value": 1}]\'\n',
      `${configMap}---\napiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRole\nmetadata: {name: c}\n`,
    ),
  },
  {
    name: "labels of cron jobs and claims",
    files: one(
      "commonLabels: {a: b}\n",
      "apiVersion: batch/v1\nkind: CronJob\nmetadata: {name: c}\nspec: {jobTemplate: {spec: {template: {spec: {}}}}}\n---\napiVersion: apps/v1\nkind: StatefulSet\nmetadata: {name: s}\nspec: {volumeClaimTemplates: [{metadata: {name: v}}], template: {}}\n---\napiVersion: v1\nkind: Service\nmetadata: {name: s}\n---\napiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: n}\nspec: {podSelector: {matchLabels: {x: y}}, egress: [{to: [{podSelector: {}}]}]}\n",
    ),
  },
  {
    name: "labels of claims only",
    files: one(
      "labels:\n- pairs: {a: b}\n  includeVolumeClaimTemplates: true\n  includeTemplates: true\n",
      "apiVersion: apps/v1\nkind: StatefulSet\nmetadata: {name: s}\nspec: {volumeClaimTemplates: [{metadata: {name: v}}], template: {spec: {}}}\n",
    ),
  },
  {
    name: "images in definitions",
    files: one(
      "images: [{name: x, newTag: '2'}]\n",
      "apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: {name: c}\nspec: {containers: [{image: x}]}\n",
    ),
  },
  {
    name: "image volumes",
    files: one(
      "images: [{name: x, newTag: '2'}]\n",
      "apiVersion: v1\nkind: Pod\nmetadata: {name: c}\nspec: {volumes: [{name: v, image: {reference: x:1}}], containers: [{name: a, image: x}]}\n",
    ),
  },
  {
    name: "image names that contain each other",
    files: one(
      "images: [{name: app, newTag: '2'}, {name: team/app, newName: other}]\n",
      "apiVersion: v1\nkind: Pod\nmetadata: {name: c}\nspec: {containers: [{name: a, image: team/app:1}, {name: b, image: app-server:1}, {name: c, image: app}, {name: d, image: 'app:{{ tag }}'}]}\n",
    ),
  },
  {
    name: "namespace of subjects in lists",
    files: one(
      "namespace: n\ntransformers:\n- |-\n  apiVersion: builtin\n  kind: NamespaceTransformer\n  metadata: {name: t, namespace: m}\n  setRoleBindingSubjects: none\n",
      "apiVersion: rbac.authorization.k8s.io/v1\nkind: RoleBinding\nmetadata: {name: r}\nsubjects:\nroleRef: {apiGroup: x, kind: Role, name: y}\n",
    ),
  },
  {
    name: "bad subject mode",
    files: one(
      "transformers:\n- |-\n  apiVersion: builtin\n  kind: NamespaceTransformer\n  metadata: {name: t, namespace: m}\n  setRoleBindingSubjects: some\n",
    ),
  },
  {
    name: "webhooks follow services",
    files: one(
      "namePrefix: p-\nnamespace: n\n",
      "apiVersion: v1\nkind: Service\nmetadata: {name: s, namespace: a}\n---\napiVersion: admissionregistration.k8s.io/v1\nkind: MutatingWebhookConfiguration\nmetadata: {name: m}\nwebhooks: [{name: x, clientConfig: {service: {name: s, namespace: a}}}, {name: y, clientConfig: {service: {name: s, namespace: n}}}, {name: z, clientConfig: {service: {name: s}}}]\n",
    ),
  },
  {
    name: "roles name objects",
    files: one(
      "namePrefix: p-\n",
      `${configMap}---\napiVersion: rbac.authorization.k8s.io/v1\nkind: Role\nmetadata: {name: r}\nrules: [{resourceNames: [cm, other], resources: [configmaps]}]\n---\napiVersion: rbac.authorization.k8s.io/v1\nkind: RoleBinding\nmetadata: {name: b}\nroleRef: {kind: Role, name: r}\nsubjects: [{kind: ServiceAccount, name: none}]\n`,
    ),
  },
  {
    name: "subject without name",
    files: one(
      "namePrefix: p-\n",
      "apiVersion: rbac.authorization.k8s.io/v1\nkind: RoleBinding\nmetadata: {name: b}\nroleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: r}\nsubjects: [{kind: Group}]\n",
    ),
  },
  {
    name: "three layers of names",
    files: {
      "top/kustomization.yaml": "resources: [../mid]\nnamePrefix: t-\n",
      "mid/kustomization.yaml": "resources: [../base]\nnamePrefix: m-\nnameSuffix: -m\nnamespace: mid\n",
      "base/kustomization.yaml":
        "resources: [all.yaml]\nnamePrefix: b-\nconfigMapGenerator: [{name: gen, literals: [a=b]}]\n",
      "base/all.yaml": deployment.replace(
        "env:\n",
        "envFrom: [{configMapRef: {name: gen}}, {configMapRef: {name: b-gen}}]\n        env:\n",
      ),
    },
  },
  {
    name: "hash after patches",
    files: one(
      'configMapGenerator: [{name: gen, literals: [a=b]}]\npatches:\n- target: {name: gen}\n  patch: \'[{"op": "add", "path": "/data/n", "value": 5}]\'\n',
    ),
  },
  {
    name: "generated and patched away",
    files: one(
      "configMapGenerator: [{name: gen, literals: [a=b]}]\npatches:\n- patch: |\n    apiVersion: v1\n    kind: ConfigMap\n    metadata: {name: gen}\n    $patch: delete\n",
    ),
  },
  {
    name: "generator in a namespace merges",
    files: {
      "top/kustomization.yaml":
        "resources: [../base]\nconfigMapGenerator: [{name: gen, namespace: n, behavior: merge, literals: [b=c]}]\n",
      "base/kustomization.yaml":
        "namespace: n\nconfigMapGenerator: [{name: gen, literals: [a=b], options: {labels: {l: '1'}}}]\n",
    },
  },
  {
    name: "binary file",
    files: { ...one("configMapGenerator: [{name: gen, files: [f.bin]}]\n"), "f.bin": "\u0000\u0001" },
  },
  {
    name: "literals with strange text",
    files: one(
      "configMapGenerator:\n- name: gen\n  literals:\n  - 'a=<b>&c'\n  - \"b=line\\nfeed\"\n  - 'c= lead and trail '\n  - 'd=\u2028'\n  - e=😀\n  - \"f=tab\\t\"\n  - 'g=true'\n  - 'h='\n",
    ),
  },
  {
    name: "replacement in lists of names",
    files: from(
      "kind: ConfigMap, name: cm",
      "select: {kind: Deployment}\n    fieldPaths: ['spec.template.spec.volumes.[name=new].configMap.name', 'spec.template.spec.containers.[name=main].envFrom.0.configMapRef.name']\n    options: {create: true}",
    ),
  },
  {
    name: "replacement by wildcard in nothing",
    files: from("kind: ConfigMap, name: cm", "select: {kind: Widget}\n    fieldPaths: ['spec.nothing.*.x']"),
  },
  {
    name: "replacement of many sources",
    files: replacement(
      "- source: {version: v1}\n  targets:\n  - select: {kind: Widget}\n    fieldPaths: [spec.size]\n",
    ),
  },
  { name: "replacement without targets", files: replacement("- source: {kind: ConfigMap}\n") },
  { name: "replacement with path and source", files: replacement("- path: x.yaml\n  source: {kind: ConfigMap}\n") },
  {
    name: "vars in maps and lists",
    files: {
      ...one(
        "vars:\n- {name: V, objref: {kind: ConfigMap, apiVersion: v1, name: cm}, fieldref: {fieldPath: data.k}}\nconfigurations: [c.yaml]\n",
        `${configMap}---\n${widget.replace("size: 3", "size: $(V)\n  map: {a: $(V), b: 5}\n  texts: [$(V), x]")}`,
      ),
      "c.yaml":
        "varReference: [{path: spec/map, kind: Widget}, {path: spec/texts, kind: Widget}, {path: spec/size, kind: Widget}]\n",
    },
  },
  {
    name: "sort by kinds that exist in several groups",
    files: one(
      "",
      "apiVersion: x/v1\nkind: Namespace\nmetadata: {name: b}\n---\napiVersion: v1\nkind: Namespace\nmetadata: {name: a}\n---\napiVersion: b/v1\nkind: Z\nmetadata: {name: a}\n---\napiVersion: a/v1\nkind: Z\nmetadata: {name: a, namespace: n}\n---\napiVersion: a/v1\nkind: Z\nmetadata: {name: a}\n---\napiVersion: v1\nkind: Z\nmetadata: {name: a}\n",
    ),
  },
  { name: "managed-by label", files: one("buildMetadata: [managedByLabel]\n", configMap) },
  { name: "unknown build metadata", files: one("buildMetadata: [nonsense]\n", configMap) },
  {
    name: "json resources",
    files: {
      "kustomization.yaml": "resources: [a.json]\n",
      "a.json":
        '{"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "a"}, "data": {"n": "1", "e": "\\u00e9\\n"}, "x": 1e3, "y": 1.0}',
    },
  },
  {
    name: "json kustomization",
    files: { "kustomization.yaml": '{"resources": ["all.yaml"], "namePrefix": "p-"}', "all.yaml": configMap },
  },
  { name: "tabs in a resource", files: one("", "apiVersion: v1\nkind: ConfigMap\nmetadata:\n\tname: a\n") },
  { name: "document end marker", files: one("", `${configMap}...\n---\n${widget}`) },
  { name: "directive", files: one("", `%YAML 1.1\n---\n${configMap}`) },
  {
    name: "flow object",
    files: one("", "{apiVersion: v1, kind: ConfigMap, metadata: {name: a}, data: {x: , y: ''}}\n"),
  },
  {
    name: "long lines",
    files: one(
      "",
      `apiVersion: v1\nkind: X\nmetadata: {name: a}\na: ${"word ".repeat(40)}\nb: "${"x".repeat(100)} ${"y: ".repeat(30)}"\nc: |\n  ${"long ".repeat(40)}\n`,
    ),
  },
  {
    name: "keys in natural order",
    files: one(
      "",
      "apiVersion: v1\nkind: X\nmetadata: {name: a}\nv: {a10: 1, a9: 1, B: 1, A: 1, _x: 1, 1: 1, 10: 1, 9: 1, a-b: 1, a.b: 1, ab: 1, é: 1, 'a b': 1}\n",
    ),
  },
  {
    name: "patch that nulls annotations",
    files: {
      "top/kustomization.yaml": "resources: [../mid]\nnameSuffix: -t\n",
      "mid/kustomization.yaml":
        "resources: [../base]\npatches:\n- patch: |\n    apiVersion: v1\n    kind: ConfigMap\n    metadata: {name: gen, annotations: null}\n    data: {x: y}\n",
      "base/kustomization.yaml":
        "resources: [all.yaml]\nnamePrefix: b-\nconfigMapGenerator: [{name: gen, literals: [a=b]}]\n",
      "base/all.yaml": deployment.replace("env:\n", "envFrom: [{configMapRef: {name: gen}}]\n        env:\n"),
    },
  },
  {
    name: "patch that replaces annotations",
    files: {
      "top/kustomization.yaml": "resources: [../mid]\nnameSuffix: -t\n",
      "mid/kustomization.yaml":
        "resources: [../base]\npatches:\n- patch: |\n    apiVersion: v1\n    kind: ConfigMap\n    metadata: {name: gen, annotations: {$patch: replace, a: b}}\n    data: {x: y}\n",
      "base/kustomization.yaml":
        "resources: [all.yaml]\nnamePrefix: b-\nconfigMapGenerator: [{name: gen, literals: [a=b]}]\n",
      "base/all.yaml": deployment.replace("env:\n", "envFrom: [{configMapRef: {name: gen}}]\n        env:\n"),
    },
  },
  {
    name: "patch that deletes annotations",
    files: {
      "top/kustomization.yaml": "resources: [../mid]\nnameSuffix: -t\n",
      "mid/kustomization.yaml":
        "resources: [../base]\npatches:\n- patch: |\n    apiVersion: v1\n    kind: ConfigMap\n    metadata: {name: gen, annotations: {$patch: delete}}\n    data: {x: y}\n",
      "base/kustomization.yaml":
        "resources: [all.yaml]\nnamePrefix: b-\nconfigMapGenerator: [{name: gen, literals: [a=b]}]\n",
      "base/all.yaml": deployment.replace("env:\n", "envFrom: [{configMapRef: {name: gen}}]\n        env:\n"),
    },
  },
  {
    name: "patch that merges annotations",
    files: {
      "top/kustomization.yaml": "resources: [../mid]\nnameSuffix: -t\n",
      "mid/kustomization.yaml":
        "resources: [../base]\npatches:\n- patch: |\n    apiVersion: v1\n    kind: ConfigMap\n    metadata: {name: gen, annotations: {a: b}}\n    data: {x: y}\n",
      "base/kustomization.yaml":
        "resources: [all.yaml]\nnamePrefix: b-\nconfigMapGenerator: [{name: gen, literals: [a=b]}]\n",
      "base/all.yaml": deployment.replace("env:\n", "envFrom: [{configMapRef: {name: gen}}]\n        env:\n"),
    },
  },
  {
    name: "patch that empties annotations",
    files: {
      "top/kustomization.yaml": "resources: [../mid]\nnameSuffix: -t\n",
      "mid/kustomization.yaml":
        "resources: [../base]\npatches:\n- patch: |\n    apiVersion: v1\n    kind: ConfigMap\n    metadata: {name: gen, annotations: {}}\n    data: {x: y}\n",
      "base/kustomization.yaml":
        "resources: [all.yaml]\nnamePrefix: b-\nconfigMapGenerator: [{name: gen, literals: [a=b]}]\n",
      "base/all.yaml": deployment.replace("env:\n", "envFrom: [{configMapRef: {name: gen}}]\n        env:\n"),
    },
  },
];
