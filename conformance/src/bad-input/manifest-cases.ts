import type { Kustomization } from "@eddy/api";
import type { GitFiles } from "@eddy/git-server";
import { configMap } from "./bed.ts";

/** A folder of a repository that turns bad with one commit. */
export interface ManifestCase {
  name: string;
  /** Files below the case's folder that the commit brings, or `null` for what it deletes; `ns` is the namespace. */
  files(ns: string): GitFiles;
  /** Files that are there from the beginning, besides `keep.yaml`. */
  before?(ns: string): GitFiles;
  reason: string;
  /** What the condition's message must say. */
  message: RegExp;
  /** What no condition and no event may say. */
  hidden?: string;
  spec?: Partial<Kustomization["spec"]>;
}

const kustomization = (lines: string): GitFiles => ({
  "kustomization.yaml": `apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\n${lines}\n`,
});
const build = "BuildFailed";
const apply = "ReconciliationFailed";

/** YAML that must not be read. Each names its file, and its line where it has one. */
const yamlCases: readonly ManifestCase[] = [
  {
    name: "a key that is there twice",
    files: (ns) => ({ "bad.yaml": `${configMap("twice", ns, "1")}  key: "2"\n` }),
    reason: build,
    message: /bad\.yaml.*(line 8|:8).*key|bad\.yaml.*key.*line 8/s,
  },
  {
    name: "a tab for indentation",
    files: () => ({ "bad.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata:\n\tname: a\n" }),
    reason: build,
    message: /bad\.yaml.*line 4/s,
  },
  {
    name: "an alias bomb",
    files: () => {
      const levels = Array.from({ length: 12 }, (_, level) => {
        const above = level === 0 ? '"lol"' : `*a${level - 1}`;
        return `a${level}: &a${level} [${Array.from({ length: 10 }, () => above).join(", ")}]`;
      });
      return { "bad.yaml": `apiVersion: v1\nkind: ConfigMap\nmetadata: { name: bomb }\n${levels.join("\n")}\n` };
    },
    reason: build,
    message: /bad\.yaml.*too many nodes when its aliases are expanded/s,
  },
  {
    name: "an alias of itself",
    files: () => ({ "bad.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: { name: a }\ndata: &d\n  key: *d\n" }),
    reason: build,
    message: /bad\.yaml.*an anchor contains itself/s,
  },
  {
    name: "10,000 levels of flow",
    files: () => ({
      "bad.yaml": `apiVersion: v1\nkind: ConfigMap\nmetadata: { name: a }\ndata: ${"[".repeat(10_001)}`,
    }),
    reason: build,
    message: /bad\.yaml.*line 4.*exceeded max depth/s,
  },
  {
    name: "10,000 levels of blocks",
    files: () => ({ "bad.yaml": `${"- ".repeat(10_001)}a\n` }),
    reason: build,
    message: /bad\.yaml.*exceeded max depth/s,
  },
  {
    name: "a NUL byte",
    files: () => ({ "bad.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\0b\n" }),
    reason: build,
    message: /bad\.yaml.*control characters/s,
  },
  {
    name: "a file that is cut off",
    files: () => ({ "bad.yaml": 'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: "a\n' }),
    reason: build,
    message: /bad\.yaml.*line \d.*unexpected end of stream/s,
  },
  {
    name: "an object without a name",
    files: () => ({ "bad.yaml": "apiVersion: v1\nkind: ConfigMap\n" }),
    reason: build,
    message: /bad\.yaml|metadata\.name/,
  },
];

/** Kustomizations that reach for what they must not, or what is not there. */
const kustomizationCases: readonly ManifestCase[] = [
  {
    name: "a kustomization that leaves the repository",
    files: () => kustomization("resources: [keep.yaml, ../../../../../etc/hostname]"),
    reason: build,
    message: /etc\/hostname/,
  },
  {
    name: "a link out of the repository",
    files: () => ({ "bad.yaml": { link: "/etc/hostname" }, ...kustomization("resources: [keep.yaml, bad.yaml]") }),
    reason: build,
    message: /bad\.yaml/,
  },
  {
    name: "links in a circle",
    files: () => ({
      "bad.yaml": { link: "worse.yaml" },
      "worse.yaml": { link: "bad.yaml" },
      ...kustomization("resources: [keep.yaml, bad.yaml]"),
    }),
    reason: build,
    message: /bad\.yaml/,
  },
  {
    name: "kustomizations in a circle",
    files: () => ({
      ...kustomization("resources: [keep.yaml, inner]"),
      "inner/kustomization.yaml": "resources: [../inner2]\n",
      "inner2/kustomization.yaml": "resources: [../inner]\n",
    }),
    reason: build,
    message: /cycle.*inner/s,
  },
  {
    name: "a resource that is not there",
    files: () => kustomization("resources: [keep.yaml, nowhere.yaml]"),
    reason: build,
    message: /nowhere\.yaml.*no such file or directory/s,
  },
  {
    name: "a patch that finds no object",
    files: () =>
      kustomization(
        'resources: [keep.yaml]\npatches: [{ target: { kind: Deployment, name: nobody }, patch: "not: [yaml" }]',
      ),
    reason: build,
    message: /patch|yaml/,
  },
  {
    name: "a remote base",
    files: () => kustomization("resources: [keep.yaml, https://127.0.0.1:1/base.git]"),
    reason: build,
    message: /127\.0\.0\.1/,
  },
  {
    name: "an exec function",
    files: () => ({
      ...kustomization("resources: [keep.yaml]\ngenerators: [generator.yaml]"),
      "generator.yaml":
        "apiVersion: example.org/v1\nkind: Run\nmetadata:\n  name: run\n  annotations:\n    config.kubernetes.io/function: |\n      exec: { path: /bin/true }\n",
    }),
    reason: build,
    message: /Run|plugin|exec|function/,
  },
  {
    name: "the same object twice",
    files: (ns) => ({
      ...kustomization("resources: [keep.yaml, again.yaml]"),
      "again.yaml": configMap("keep-the-same-object-twice", ns, "2"),
    }),
    reason: build,
    message: /ConfigMap.*keep-the-same-object-twice/s,
  },
  {
    name: "a path that vanished",
    files: () => ({ "keep.yaml": null }),
    reason: "ArtifactFailed",
    message: /^kustomization path not found: stat .*a-path-that-vanished: no such file or directory/,
  },
  {
    name: "a build that is empty",
    files: () => ({ "keep.yaml": null, ...kustomization("resources: []") }),
    reason: "PruneFailed",
    message: /^prune refused: the build of ".*" has no objects and the inventory has 1/,
  },
];

/** Objects that the API server does not take. Each is named. */
const objectCases: readonly ManifestCase[] = [
  {
    name: "a kind that nobody serves",
    files: (ns) => ({
      "bad.yaml": `apiVersion: example.org/v1\nkind: Nobody\nmetadata: { name: bad, namespace: ${ns} }\n`,
    }),
    reason: apply,
    message: /^Nobody\/bad-.*\/bad dry-run failed: no matches for kind "Nobody" in version "example\.org\/v1"/,
  },
  {
    name: "a version that is gone",
    files: (ns) => ({
      "bad.yaml": `apiVersion: extensions/v1beta1\nkind: Ingress\nmetadata: { name: bad, namespace: ${ns} }\n`,
    }),
    reason: apply,
    message: /^Ingress\/bad-.*\/bad dry-run failed: no matches for kind "Ingress" in version "extensions\/v1beta1"/,
  },
  {
    name: "an object that is too large",
    files: (ns) => ({ "bad.yaml": configMap("large", ns, "x".repeat(1_100_000)) }),
    reason: apply,
    message: /^ConfigMap\/bad-.*\/large dry-run failed.*(1048576|too long|too large)/is,
  },
  {
    name: "a request that is too large",
    files: (ns) => ({ "bad.yaml": configMap("huge", ns, "x".repeat(4_000_000)) }),
    reason: apply,
    message: /^ConfigMap\/bad-.*\/huge dry-run failed.*(3145728|too large)/is,
  },
  {
    name: "an annotation that is too large",
    files: (ns) => ({
      "bad.yaml": configMap("noted", ns, "1").replace(
        "\ndata:",
        `\n  annotations: { a: "${"noted ".repeat(44_000)}" }\ndata:`,
      ),
    }),
    reason: apply,
    message: /^ConfigMap\/bad-.*\/noted dry-run failed \(Invalid\): .*(262144|262_144|Too long|too long)/s,
  },
  {
    name: "an immutable object",
    before: (ns) => ({ "fixed.yaml": `${configMap("fixed", ns, "1")}immutable: true\n` }),
    files: (ns) => ({ "fixed.yaml": `${configMap("fixed", ns, "2")}immutable: true\n` }),
    reason: apply,
    message: /^ConfigMap\/bad-.*\/fixed dry-run failed \(Invalid\): .*immutable/s,
  },
  {
    name: "a namespace that is not there",
    files: () => ({ "bad.yaml": configMap("bad", "nowhere-at-all", "1") }),
    reason: apply,
    message: /^ConfigMap\/nowhere-at-all\/bad not found: namespaces "nowhere-at-all" not found/,
  },
  {
    name: "a name that is none",
    files: (ns) => ({ "bad.yaml": configMap("Not_A_Name", ns, "1") }),
    reason: apply,
    message: /^ConfigMap\/bad-.*\/Not_A_Name dry-run failed \(Invalid\): .*metadata\.name/s,
  },
  {
    name: "a field of another type",
    files: (ns) => ({
      "bad.yaml": `apiVersion: v1\nkind: Service\nmetadata: { name: bad, namespace: ${ns} }\nspec:\n  ports: "80"\n`,
    }),
    reason: apply,
    message: /^Service\/bad-.*\/bad dry-run failed.*ports/s,
  },
  {
    name: "a Secret that is no base64",
    files: (ns) => ({
      "bad.yaml": `apiVersion: v1\nkind: Secret\nmetadata: { name: bad, namespace: ${ns} }\ndata:\n  password: "hunter2-hunter2!"\n`,
    }),
    reason: apply,
    message: /^Secret\/bad-.*\/bad dry-run failed/,
    hidden: "hunter2-hunter2!",
  },
  {
    name: "an object that a webhook refuses",
    files: (ns) => ({
      "bad.yaml": configMap("refused", ns, "1").replace("\ndata:", "\n  labels: { refuse: me }\ndata:"),
    }),
    reason: apply,
    message:
      /^ConfigMap\/bad-.*\/refused dry-run failed.*admission webhook "refuse\.example\.org" denied the request: not on a Friday/s,
  },
  {
    name: "an object whose webhook is down",
    files: (ns) => ({
      "bad.yaml": configMap("unanswered", ns, "1").replace("\ndata:", "\n  labels: { refuse: nobody }\ndata:"),
    }),
    reason: apply,
    message: /^ConfigMap\/bad-.*\/unanswered dry-run failed.*failed calling webhook "down\.example\.org"/s,
  },
];

/** Every case, in one list. */
export const manifestCases: readonly ManifestCase[] = [...yamlCases, ...kustomizationCases, ...objectCases];

/** The folder of a case: its name in one word. */
export function folderOf({ name }: Pick<ManifestCase, "name">): string {
  return name.toLowerCase().replaceAll(/[^a-z0-9]+/g, "-");
}
