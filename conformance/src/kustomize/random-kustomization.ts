import type { Random } from "../random.ts";
import { images, type KnownObject, names, randomObjects } from "./random-objects.ts";
import { patchableKind, randomJsonPatch, randomMerge, randomTarget } from "./random-patches.ts";

/** Files by path, below the folder of one random build. */
export type RandomTree = Record<string, string>;

/** Where a random layer stands, and the objects that it can name. */
interface Place {
  directory: string;
  files: RandomTree;
  known: KnownObject[];
}

function indented(text: string, indent: number): string {
  return text.replace(/^(?=.)/gm, " ".repeat(indent));
}

function literal(text: string, indent: number): string {
  return `|-\n${indented(text.trimEnd(), indent)}\n`;
}

function patchEntry(random: Random, { directory, files, known }: Place): string {
  const useJson = random.chance(known.some(({ kind }) => patchableKind.test(kind)) ? 0.3 : 0.98);
  const text = useJson ? randomJsonPatch(random) : randomMerge(random, known);
  const target = useJson || random.chance(0.4) ? `  target:\n${indented(randomTarget(random), 4)}\n` : "";
  // Upstream hashes generated objects of another kind by its parser's state, lines and columns among it: see the engine's README.
  const keepsHash = target === "" || /^kind: (?:ConfigMap|Secret)$/m.test(text);
  const option = keepsHash ? random.pick(["allowNameChange: true", "allowKindChange: true"]) : "allowNameChange: true";
  const options = random.chance(0.08) ? `  options: {${option}}\n` : "";
  if (random.chance(0.5)) return `- patch: ${literal(text, 4)}${target}${options}`;
  const file = `patch${Object.keys(files).length}.yaml`;
  files[`${directory}${file}`] = text;
  return `- path: ${file}\n${target}${options}`;
}

function generator(random: Random, { directory, files, known }: Place, kind: "ConfigMap" | "Secret"): string {
  const name = random.pick(names);
  const lines = [`- name: ${name}\n`];
  const namespace = random.chance(0.1) ? random.pick(["prod", "dev"]) : "";
  if (namespace !== "") lines.push(`  namespace: ${namespace}\n`);
  const exists = known.some((object) => object.kind === kind && object.name === name);
  if (exists || random.chance(0.03))
    lines.push(`  behavior: ${random.pick(exists ? ["merge", "merge", "replace"] : ["create", "merge"])}\n`);
  if (!exists) known.push({ apiVersion: "v1", kind, name, namespace });
  if (random.chance(0.7))
    lines.push(
      `  literals:\n  - k=${random.pick(["v", "'quoted'", '"double"', "a=b", "5", "true", "<&>", "é☃", ""])}\n`,
    );
  if (random.chance(0.4)) {
    const file = `data${Object.keys(files).length}.txt`;
    files[`${directory}${file}`] = random.pick([
      "plain\n",
      "no newline",
      "two\nlines\n\n",
      "  leading\n\ttab\n",
      "\u0000binary",
      "x".repeat(100),
      "trailing \n",
    ]);
    lines.push(`  files: [${random.chance(0.5) ? `key=${file}` : file}]\n`);
  }
  if (random.chance(0.3)) {
    const file = `vars${Object.keys(files).length}.env`;
    files[`${directory}${file}`] = "# comment\nONE=1\nTWO=two words\n\nTHREE\nFOUR=a=b\r\n";
    lines.push(`  envs: [${file}]\n`);
  }
  if (kind === "Secret" && random.chance(0.3)) lines.push("  type: kubernetes.io/tls\n");
  if (random.chance(0.3)) {
    lines.push(
      `  options: {${random.pick(["disableNameSuffixHash: true", "immutable: true", "labels: {gen: yes-it-is}", 'annotations: {a: "1"}'])}}\n`,
    );
  }
  return lines.join("");
}

function nameOf(random: Random, known: readonly KnownObject[], kind: string): string {
  const candidates = known.filter((object) => object.kind === kind);
  return candidates.length === 0 ? random.pick(names) : random.pick(candidates).name;
}

function replacement(random: Random, known: readonly KnownObject[]): string {
  const source = random.pick([
    `kind: ConfigMap\n    name: ${nameOf(random, known, "ConfigMap")}\n    fieldPath: data.k`,
    `kind: Deployment\n    name: ${nameOf(random, known, "Deployment")}\n    fieldPath: ${random.pick(["metadata.name", "spec.template.spec.containers.0.image", "spec.replicas", "metadata.labels"])}`,
    `kind: Widget\n    name: ${nameOf(random, known, "Widget")}\n    fieldPath: ${random.pick(["spec.size", "spec.nested", "spec.list.[name=a].value", "spec.mode"])}`,
    `kind: Service\n    name: ${nameOf(random, known, "Service")}`,
  ]);
  const sourceOptions = random.chance(0.2) ? `\n    options: {delimiter: ":", index: ${random.below(2)}}` : "";
  const target = random.pick([
    "kind: Deployment",
    "kind: Widget",
    "kind: ConfigMap",
    "kind: Service",
    `name: ${random.pick(names)}`,
  ]);
  const path = random.pick([
    "spec.template.spec.containers.*.image",
    "spec.template.spec.containers.[name=main].image",
    "metadata.annotations.copied",
    "metadata.labels.[example.com/team]",
    "spec.nested.deep.x",
    "data.k",
    "data.fresh",
    "spec.replicas",
    "spec.list.*.value",
    "spec.list.[name=new].value",
    "spec.ports.0.name",
    "spec.extra.deep.field",
    "metadata.name",
    "spec.list.2",
  ]);
  const options = random.pick([
    "",
    "",
    "    options: {create: true}\n",
    '    options: {delimiter: "/", index: 0}\n',
    '    options: {delimiter: "-", index: 9}\n',
    '    options: {delimiter: ":", index: -1, create: true}\n',
  ]);
  const reject = random.chance(0.15) ? `    reject: [{name: ${random.pick(names)}}]\n` : "";
  return `- source:\n    ${source}${sourceOptions}\n  targets:\n  - select:\n      ${target}\n${reject}    fieldPaths: ["${path}"]\n${options}`;
}

function variable(random: Random, known: readonly KnownObject[]): string {
  const kind = random.pick(["ConfigMap", "ConfigMap", "ConfigMap", "Service", "Deployment"]);
  const apiVersion = kind === "Deployment" ? "apps/v1" : "v1";
  const path = random.pick(["", "metadata.name", "metadata.namespace", "data.k", "spec.replicas"]);
  return `- name: VAR\n  objref: {kind: ${kind}, apiVersion: ${apiVersion}, name: ${nameOf(random, known, kind)}}\n${path === "" ? "" : `  fieldref: {fieldPath: ${path}}\n`}`;
}

function list(field: string, random: Random, chance: number, most: number, entry: () => string): string {
  if (!random.chance(chance)) return "";
  return `${field}:\n${Array.from({ length: random.below(most) + 1 }, entry).join("")}`;
}

function labels(random: Random): string {
  const include = random.pick([
    "",
    "  includeSelectors: true\n",
    "  includeTemplates: true\n",
    "  fields: [{path: spec/extra/labels, create: true, kind: Widget}]\n",
    "  includeVolumeClaimTemplates: true\n",
  ]);
  return `- pairs: {${random.pick(["team: blue", "app: labelled", 'version: "1"', "x: z, a: b"])}}\n${include}`;
}

function image(random: Random): string {
  const name = random.pick(images).replace(/(:[^/]*)?(@.*)?$/, "");
  const change = random.pick([
    "newTag: v9",
    'newTag: "2.0"',
    "newName: mirror/x",
    "digest: sha256:ffff",
    "newName: mirror/y, newTag: v3",
    "tagSuffix: -dev",
  ]);
  return `- {name: ${name}, ${change}}\n`;
}

const metadataOptions = [
  "[originAnnotations]",
  "[transformerAnnotations]",
  "[originAnnotations, transformerAnnotations]",
];

function fields(random: Random, place: Place): string {
  const { directory, files, known } = place;
  const maybe = (chance: number, text: () => string): string => (random.chance(chance) ? text() : "");
  return [
    maybe(0.3, () => `namespace: ${random.pick(["prod", "dev", "default"])}\n`),
    maybe(0.3, () => `namePrefix: ${random.pick(["pre-", "p-", "'1'"])}\n`),
    maybe(0.2, () => `nameSuffix: ${random.pick(["-suf", "-s", '"2"'])}\n`),
    maybe(0.15, () => `commonLabels: {${random.pick(["app: common", "owner: me", 'num: "5"'])}}\n`),
    list("labels", random, 0.25, 2, () => labels(random)),
    maybe(0.2, () => `commonAnnotations: {${random.pick(["note: common", 'num: "1"', "a: b, c: d"])}}\n`),
    list("images", random, 0.3, 2, () => image(random)),
    list(
      "replicas",
      random,
      0.06,
      1,
      () => `- {name: ${nameOf(random, known, "Deployment")}, count: ${random.below(5)}}\n`,
    ),
    list("patches", random, 0.4, 2, () => patchEntry(random, place)),
    list("patchesStrategicMerge", random, 0.08, 1, () => `- ${literal(randomMerge(random, known), 4)}`),
    list(
      "patchesJson6902",
      random,
      0.06,
      1,
      () =>
        `- target: {version: v1, kind: ${random.pick(["Deployment", "ConfigMap"])}, name: ${random.pick(names)}}\n  patch: ${literal(randomJsonPatch(random), 4)}`,
    ),
    list("configMapGenerator", random, 0.3, 2, () => generator(random, place, "ConfigMap")),
    list("secretGenerator", random, 0.15, 1, () => generator(random, place, "Secret")),
    maybe(
      0.1,
      () =>
        `generatorOptions: {${random.pick(["disableNameSuffixHash: true", "labels: {all: gen}", "immutable: true"])}}\n`,
    ),
    list("replacements", random, 0.12, 1, () => replacement(random, known)),
    list("vars", random, known.some(({ kind }) => kind === "ConfigMap") ? 0.06 : 0, 1, () => variable(random, known)),
    maybe(0.04, () => `buildMetadata: ${random.pick(metadataOptions)}\n`),
    maybe(0.04, () => `sortOptions: {order: ${random.pick(["legacy", "fifo"])}}\n`),
    maybe(0.06, () => transformers(random, directory, files)),
    maybe(0.05, () => configurations(random, directory, files)),
  ].join("");
}

function transformers(random: Random, directory: string, files: RandomTree): string {
  files[`${directory}transformer.yaml`] = random.pick([
    "apiVersion: builtin\nkind: PrefixTransformer\nmetadata: {name: t}\nprefix: t-\nfieldSpecs: [{path: metadata/name}]\n",
    "apiVersion: builtin\nkind: NamespaceTransformer\nmetadata: {name: t, namespace: moved}\nunsetOnly: true\nsetRoleBindingSubjects: allServiceAccounts\nfieldSpecs: []\n",
    "apiVersion: builtin\nkind: LabelTransformer\nmetadata: {name: t}\nlabels: {by: transformer}\nfieldSpecs: [{path: metadata/labels, create: true}, {path: spec/template/metadata/labels, kind: Deployment}]\n",
    "apiVersion: builtin\nkind: AnnotationsTransformer\nmetadata: {name: t}\nannotations: {by: transformer}\nfieldSpecs: [{path: metadata/annotations, create: true}]\n",
    'apiVersion: builtin\nkind: PatchTransformer\nmetadata: {name: t}\npatch: \'[{"op": "add", "path": "/metadata/labels", "value": {"patched": "yes"}}]\'\ntarget: {kind: ConfigMap}\n',
    "apiVersion: builtin\nkind: ImageTagTransformer\nmetadata: {name: t}\nimageTag: {name: nginx, newTag: t}\nfieldSpecs: [{path: spec/list/value}]\n",
  ]);
  return "transformers: [transformer.yaml]\n";
}

function configurations(random: Random, directory: string, files: RandomTree): string {
  files[`${directory}config.yaml`] = random.pick([
    "namePrefix:\n- path: metadata/name\n  kind: Deployment\n",
    "nameReference:\n- kind: ConfigMap\n  version: v1\n  fieldSpecs:\n  - {path: spec/mode, kind: Widget}\n",
    "commonLabels:\n- {path: spec/selector, create: true, kind: Widget}\n",
    "images:\n- {path: spec/size, kind: Widget}\n",
    "commonAnnotations:\n- {path: spec/nested, kind: Widget, create: true}\n",
  ]);
  return "configurations: [config.yaml]\n";
}

function layer(random: Random, place: Place, resources: readonly string[], components: readonly string[]): void {
  const { directory, files, known } = place;
  const own = [...resources];
  if (resources.length === 0 || random.chance(0.4)) {
    const file = `objects${Object.keys(files).length}.yaml`;
    files[`${directory}${file}`] = randomObjects(random, 4, known);
    own.push(file);
  }
  const shared = components.length === 0 ? "" : `components: [${components.join(", ")}]\n`;
  files[`${directory}kustomization.yaml`] =
    `resources: [${random.shuffle(own).join(", ")}]\n${shared}${fields(random, place)}`;
}

/** A random tree of bases, overlays and components; what is to be built is in `top`. */
export function randomTree(random: Random): RandomTree {
  const files: RandomTree = {};
  const known: KnownObject[] = [];
  const place = (directory: string): Place => ({ directory, files, known });
  const bases = random.pick([1, 1, 2, 3]);
  const paths: string[] = [];
  for (let index = 0; index < bases; index++) {
    const deeper = paths.length > 0 && random.chance(0.3) ? [`../base${index - 1}`] : [];
    layer(random, place(`base${index}/`), deeper, []);
    if (deeper.length > 0) paths.pop();
    paths.push(`../base${index}`);
  }
  const component = random.chance(0.25);
  if (component) {
    const text = fields(random, place("component/"));
    files["component/kustomization.yaml"] =
      `apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\n${text === "" ? "nameSuffix: -c\n" : text}`;
  }
  layer(random, place("top/"), paths, component ? ["../component"] : []);
  return files;
}
