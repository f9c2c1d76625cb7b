import { memoryTree } from "@eddy/core/tree";
import { describe, expect, it } from "vitest";
import { findMarkers, type MarkedImage, planEdits, type SourceEdit } from "./index.ts";

const digest = `sha256:${"ab".repeat(32)}`;
const podinfo: MarkedImage = { namespace: "apps", policy: "podinfo", name: "ghcr.io/org/podinfo", tag: "6.1.0" };
const withDigest: MarkedImage = { ...podinfo, policy: "pinned", digest };
const dotted: MarkedImage = { ...podinfo, policy: "dotted", tag: "1.10" };
const markers: SourceEdit = { kind: "markers", images: [podinfo, withDigest, dotted] };
const mark = (setter: string): string => `# {"$imagepolicy": "${setter}"}`;

/** The text after the edits; the refusals' reasons where nothing changed. */
function edited(text: string, ...edits: SourceEdit[]): string | string[] {
  const { files, refusals } = planEdits(memoryTree({ "app.yaml": text }), edits);
  const bytes = files.get("app.yaml");
  if (bytes) return new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes);
  return refusals.map(({ file, line, reason }) => `${file}:${line}: ${reason}`);
}

describe("markers", () => {
  const cases: [name: string, before: string, after: string | string[]][] = [
    ["whole", `image: x:1 ${mark("apps:podinfo")}\n`, `image: ghcr.io/org/podinfo:6.1.0 ${mark("apps:podinfo")}\n`],
    ["tag", `tag: 1.0.0 ${mark("apps:podinfo:tag")}\n`, `tag: 6.1.0 ${mark("apps:podinfo:tag")}\n`],
    ["name", `n: x ${mark("apps:podinfo:name")}\n`, `n: ghcr.io/org/podinfo ${mark("apps:podinfo:name")}\n`],
    ["digest", `d: "" ${mark("apps:pinned:digest")}\n`, `d: "${digest}" ${mark("apps:pinned:digest")}\n`],
    [
      "whole with digest",
      `image: x:1 ${mark("apps:pinned")}\n`,
      `image: ghcr.io/org/podinfo:6.1.0@${digest} ${mark("apps:pinned")}\n`,
    ],
    ["no digest", `d: '${digest}' ${mark("apps:podinfo:digest")}\n`, `d: '' ${mark("apps:podinfo:digest")}\n`],
    ["a tag like a number", `tag: v1 ${mark("apps:dotted:tag")}\n`, `tag: "1.10" ${mark("apps:dotted:tag")}\n`],
    ["a number before", `tag: 1.9 ${mark("apps:podinfo:tag")}\n`, `tag: 6.1.0 ${mark("apps:podinfo:tag")}\n`],
    ["single quotes stay", `tag: 'v1' ${mark("apps:dotted:tag")}\n`, `tag: '1.10' ${mark("apps:dotted:tag")}\n`],
    ["nothing there yet", `tag: ${mark("apps:podinfo:tag")}\nb: 1\n`, []],
    ["list item", `- x:1 ${mark("apps:podinfo")}\n- b\n`, `- ghcr.io/org/podinfo:6.1.0 ${mark("apps:podinfo")}\n- b\n`],
    [
      "odd blanks, CRLF, byte order mark, no end of line",
      `\ufeffa:   1\r\n\r\nimage:    x:1    ${mark("apps:podinfo:tag")}`,
      `\ufeffa:   1\r\n\r\nimage:    6.1.0    ${mark("apps:podinfo:tag")}`,
    ],
    [
      "anchor and tag stay",
      `image: &img !!str x:1 ${mark("apps:podinfo:tag")}\nother: *img\n`,
      `image: &img !!str 6.1.0 ${mark("apps:podinfo:tag")}\nother: *img\n`,
    ],
    [
      "several documents, only one of them",
      `---\na: 1 # x\n---\n# head\nimage: 'img:1' ${mark("apps:podinfo:tag")}\n...\n---\n- z\n`,
      `---\na: 1 # x\n---\n# head\nimage: '6.1.0' ${mark("apps:podinfo:tag")}\n...\n---\n- z\n`,
    ],
    [
      "characters beyond the plane in front",
      `k: {"😀": "x:1"} # y\n"😀😀": x:1 ${mark("apps:podinfo:tag")}\n`,
      `k: {"😀": "x:1"} # y\n"😀😀": 6.1.0 ${mark("apps:podinfo:tag")}\n`,
    ],
    [
      "a block of one line",
      `a:\n  - image: >- ${mark("apps:podinfo:tag")}\n      x:1\n    b: |\n      keep\n`,
      `a:\n  - image: >- ${mark("apps:podinfo:tag")}\n      6.1.0\n    b: |\n      keep\n`,
    ],
    ["of an unknown policy", `tag: 1 ${mark("other:podinfo:tag")}\n`, []],
    ["that is no JSON", `tag: 1 # {"$imagepolicy": apps:podinfo:tag}\n`, []],
    ["with what is no text", `tag: 1 # {"$imagepolicy": "apps:podinfo:tag", "x": 1}\n`, []],
    ["on an alias", `a: &x 1\ntag: *x ${mark("apps:podinfo:tag")}\n`, []],
    [
      "on several lines",
      `tag: "a\n  b" ${mark("apps:podinfo:tag")}\n`,
      ["app.yaml:1: the value is written over several lines"],
    ],
    ["in a template", `tag: {{ .x }} ${mark("apps:podinfo:tag")}\n  b\n`, []],
    ["already right", `tag: "6.1.0" ${mark("apps:podinfo:tag")}\n`, []],
  ];
  it.each(cases)("%s", (_name, before, after) => expect(edited(before, markers)).toEqual(after));

  it("looks only where it was told, and only into YAML", () => {
    const text = `image: x:1 ${mark("apps:podinfo")}\n`;
    const files = { "a/x.yaml": text, "b/x.yml": text, "b/Kustomization": text, "b/x.txt": text, "c/x.json": text };
    const plan = planEdits(memoryTree(files), [markers], { paths: ["b"] });
    expect([...plan.files.keys()]).toEqual(["b/Kustomization", "b/x.yml"]);
    expect(plan.changes[0]).toEqual({
      file: "b/Kustomization",
      line: 1,
      column: 8,
      field: "image",
      object: { apiVersion: "", kind: "", name: "", namespace: "" },
      oldValue: "x:1",
      newValue: "ghcr.io/org/podinfo:6.1.0",
      setter: "apps:podinfo",
    });
  });
});

it("contents that are known to have no marker are not read again", () => {
  const files = { "a.yaml": `image: x:1 ${mark("apps:podinfo")}\n`, "b.yaml": "b: 1\n" };
  const reads: string[] = [];
  const plain = memoryTree(files);
  const tree = {
    ...plain,
    identityOf: (path: string) => path,
    read: (path: string) => (reads.push(path), plain.read(path)),
  };
  const unmarked = new Set<string>();
  for (let look = 0; look < 2; look++) expect(planEdits(tree, [markers], { unmarked }).files.size).toBe(1);
  expect(findMarkers(tree, { unmarked })).toHaveLength(1);
  expect(reads).toEqual(["a.yaml", "b.yaml", "a.yaml", "a.yaml"]);
});

const deployment = `apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: apps}
spec:
    template:
        spec:
            initContainers:
            -   image: "busybox:1.36"   # once
                name: init
            containers:
            - {name: web, image: org/web:1.0}
            -   name: side
                image: docker.io/library/nginx
`;
const web = { kind: "deployment", name: "web", namespace: "apps" };

describe("containers", () => {
  const cases: [
    name: string,
    edit: Omit<Extract<SourceEdit, { kind: "image" }>, "kind" | "object">,
    from: string,
    to: string,
  ][] = [
    ["by name", { container: "init", image: "busybox:1.37" }, `"busybox:1.36"`, `"busybox:1.37"`],
    ["in flow style", { container: "web", image: "org/web:2.0" }, "image: org/web:1.0}", "image: org/web:2.0}"],
    ["by image, its spelling kept", { image: "nginx:1.27" }, "docker.io/library/nginx", "docker.io/library/nginx:1.27"],
    ["to another image", { container: "side", image: `caddy@${digest}` }, "docker.io/library/nginx", `caddy@${digest}`],
  ];
  it.each(cases)("%s", (_name, edit, from, to) => {
    expect(edited(deployment, { kind: "image", object: web, ...edit })).toBe(deployment.replace(from, to));
  });

  it.each([
    ["apiVersion: v1\nkind: Pod\nmetadata: {name: web}\nspec: {containers: [{name: a, image: 'img:1'}]}\n"],
    [
      "kind: CronJob\nmetadata: {name: web}\nspec:\n  jobTemplate:\n    spec:\n      template:\n        spec:\n          containers:\n          - image: 'img:1'\n            name: a\n",
    ],
    [
      "kind: List\nitems:\n- kind: Job\n  metadata: {name: web}\n  spec:\n    template: {spec: {containers: [{name: a, image: 'img:1'}]}}\n",
    ],
  ])("of other kinds: %s", (text) => {
    const kind = /kind: (Pod|CronJob|Job)/.exec(text)?.[1] ?? "";
    const edit: SourceEdit = { kind: "image", object: { kind, name: "web" }, container: "a", image: "img:2" };
    expect(edited(text, edit)).toBe(text.replace("img:1", "img:2"));
  });

  it("says what was not found and what cannot be done", () => {
    const tree = memoryTree({ "a.yaml": deployment, "bad.yaml": "web: [\n" });
    const missing: SourceEdit = { kind: "image", object: web, container: "none", image: "img:1" };
    const plan = planEdits(tree, [missing]);
    expect(plan.unmatched).toEqual([missing]);
    expect(plan.refusals).toMatchObject([{ file: "bad.yaml" }]);
    expect(() => planEdits(tree, [{ ...missing, image: "UPPER:1" }])).toThrow("could not parse reference");
  });

  it("refuses to set one field to two things", () => {
    const edit = (image: string): SourceEdit => ({ kind: "image", object: web, container: "web", image });
    const plan = planEdits(memoryTree({ "a.yaml": deployment }), [
      edit("org/web:2"),
      edit("org/web:2"),
      edit("org/web:3"),
    ]);
    expect(plan.changes).toHaveLength(1);
    expect(plan.refusals).toMatchObject([{ line: 11, reason: "another change sets the same field to something else" }]);
  });
});

describe("custom resources by a path", () => {
  const text =
    "kind: Widget\nmetadata:\n  name: w\nspec:\n  list:\n  - image: a/b:1 # keep\n  runner:\n    repository: a/c\n    tag: 1\n";
  const object = { kind: "Widget", name: "w" };
  it.each<[path: string, image: string, from: string, to: string]>([
    ["spec.list[0].image", "a/b:2", "a/b:1", "a/b:2"],
    ["spec.runner", "a/c:v2", "tag: 1", "tag: v2"],
  ])("%s", (path, image, from, to) => {
    expect(edited(text, { kind: "image", object, path, image })).toBe(text.replace(from, to));
  });
  it("any scalar", () => {
    expect(edited(text, { kind: "field", object, path: "spec.runner.tag", value: "1.10" })).toBe(
      text.replace("tag: 1", 'tag: "1.10"'),
    );
  });
});

describe("values of HelmReleases", () => {
  const release = (values: string): string => `kind: HelmRelease\nmetadata:\n  name: r\nspec:\n  values:\n${values}`;
  const object = { kind: "HelmRelease", name: "r" };
  const cases: [name: string, values: string, container: string, image: string, after: string | string[]][] = [
    ["one text", "    image: a/b:1\n", "chart-image", "a/b:2", "    image: a/b:2\n"],
    ["text and tag", "    image: a/b\n    tag: v1 # t\n", "chart-image", "a/b:v2", "    image: a/b\n    tag: v2 # t\n"],
    [
      "text, registry and tag",
      "    web:\n      registry: ghcr.io\n      image: a/b\n      tag: '1'\n",
      "web",
      "ghcr.io/a/b:2",
      "    web:\n      registry: ghcr.io\n      image: a/b\n      tag: '2'\n",
    ],
    [
      "another registry",
      "    web:\n      image:\n        registry: ghcr.io\n        repository: a/b\n        tag: v1\n",
      "web",
      "quay.io/a/b:v2",
      "    web:\n      image:\n        registry: quay.io\n        repository: a/b\n        tag: v2\n",
    ],
    [
      "a map with digest",
      `    image:\n      repository: a/b\n      tag: v1\n      digest: ${digest}\n`,
      "chart-image",
      "a/b:v2",
      `    image:\n      repository: a/b\n      tag: v2\n      digest: ""\n`,
    ],
    [
      "a digest goes with the tag where there is no field for it",
      "    image: {repository: a/b, tag: v1}\n",
      "chart-image",
      `a/b:v2@${digest}`,
      `    image: {repository: a/b, tag: "v2@${digest}"}\n`.replaceAll('"', ""),
    ],
    [
      "a tag that was not there",
      "    image:\n      repository: a/b # r\n    x: 1\n",
      "chart-image",
      "a/b:v2",
      "    image:\n      repository: a/b # r\n      tag: v2\n    x: 1\n",
    ],
    [
      "no place for a digest",
      "    image:\n      repository: a/b\n",
      "chart-image",
      `a/b@${digest}`,
      ["app.yaml:7: there is no field for the digest"],
    ],
  ];
  it.each(cases)("%s", (_name, values, container, image, after) => {
    const result = edited(release(values), { kind: "image", object, container, image });
    expect(result).toEqual(typeof after === "string" ? release(after) : after);
  });
});

describe("kustomizations", () => {
  const head = "apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\n";
  const images = `${head}images:\n  # web\n  - name: web # n\n    newTag: "1.0" # t\n  - {name: db, newTag: v1}\n`;
  const edit = (name: string, more: Partial<Extract<SourceEdit, { kind: "kustomization-image" }>>): SourceEdit => ({
    kind: "kustomization-image",
    file: "app.yaml",
    name,
    ...more,
  });
  it.each<[name: string, text: string, edit: SourceEdit, after: string | string[]]>([
    ["tag", images, edit("web", { newTag: "1.1" }), images.replace('"1.0"', '"1.1"')],
    ["tag in flow style", images, edit("db", { newTag: "1.1" }), images.replace("newTag: v1}", 'newTag: "1.1"}')],
    [
      "a name is added",
      images,
      edit("web", { newName: "org/web", newTag: "1.1" }),
      images.replace('"1.0" # t', '"1.1" # t\n    newName: org/web'),
    ],
    [
      "a digest takes the tag's place",
      images,
      edit("db", { digest }),
      images.replace("newTag: v1", `digest: ${digest}`).replace("{name: db, ", "{name: db, "),
    ],
    [
      "a tag takes the digest's place, line by line",
      `${head}images:\n- digest: ${digest}\n  name: web\n`,
      edit("web", { newTag: "v2" }),
      `${head}images:\n- name: web\n  newTag: v2\n`,
    ],
    ["an entry that is not there", images, edit("none", { newTag: "v1" }), []],
    [
      "an entry is added",
      images.replace("  - {name: db, newTag: v1}\n", ""),
      edit("none", { newTag: "1", add: true }),
      images.replace("  - {name: db, newTag: v1}\n", '  - name: none\n    newTag: "1"\n'),
    ],
    [
      "a list is added",
      `${head}resources:\n- a.yaml # last\n`,
      edit("x", { newTag: "v1", add: true }),
      `${head}resources:\n- a.yaml # last\nimages:\n- name: x\n  newTag: v1\n`,
    ],
    [
      "into an empty list",
      `${head}images: []\n`,
      edit("x", { newTag: "v1", add: true }),
      `${head}images: [{name: x, newTag: v1}]\n`,
    ],
    [
      "without an end of line",
      `${head}namespace: x`,
      edit("x", { newTag: "v1", add: true }),
      `${head}namespace: x\nimages:\n- name: x\n  newTag: v1`,
    ],
  ])("%s", (_name, text, wanted, after) => expect(edited(text, wanted)).toEqual(after));

  it("Flux's own Kustomization", () => {
    const text =
      "apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\nmetadata: {name: a}\nspec:\n  images:\n  - name: web\n    newTag: v1\n";
    expect(edited(text, edit("web", { newTag: "v2" }))).toBe(
      text.replace("v1\n", "v1\n").replace("newTag: v1", "newTag: v2"),
    );
  });
});

describe("annotations", () => {
  const object = { kind: "Deployment", name: "web" };
  const text = (metadata: string): string => `kind: Deployment\nmetadata:\n${metadata}spec: {}\n`;
  const annotate = (annotations: Record<string, string | null>): SourceEdit => ({
    kind: "annotations",
    object,
    annotations,
  });
  it.each<[name: string, before: string, annotations: Record<string, string | null>, after: string | string[]]>([
    [
      "set",
      "  name: web\n  annotations:\n    a/b: x # why\n",
      { "a/b": "true" },
      '  name: web\n  annotations:\n    a/b: "true" # why\n',
    ],
    [
      "add",
      "  name: web\n  annotations:\n    a/b: x # why\n",
      { "c/d": "e: f" },
      '  name: web\n  annotations:\n    a/b: x # why\n    c/d: "e: f"\n',
    ],
    [
      "add two, in order",
      "  annotations:\n    a: x\n  name: web\n",
      { b: "1", c: "two" },
      '  annotations:\n    a: x\n    b: "1"\n    c: two\n  name: web\n',
    ],
    [
      "make the map",
      "  name: web # n\n",
      { "fluxcd.io/automated": "true" },
      '  name: web # n\n  annotations:\n    fluxcd.io/automated: "true"\n',
    ],
    ["fill an empty map", "  name: web\n  annotations: {}\n", { a: "b" }, "  name: web\n  annotations: {a: b}\n"],
    [
      "a message of two lines",
      "  name: web\n",
      { m: 'a "b"\nc\u0007' },
      '  name: web\n  annotations:\n    m: "a \\"b\\"\\nc\\x07"\n',
    ],
    [
      "remove",
      "  name: web\n  annotations:\n    a: x\n    # about b\n    b: y # too\n    c: z\n",
      { b: null },
      "  name: web\n  annotations:\n    a: x\n    # about b\n    c: z\n",
    ],
    ["remove the last one", "  name: web\n  annotations:\n    a: x\n", { a: null }, "  name: web\n"],
    [
      "remove and add",
      "  name: web\n  annotations:\n    a: x\n    b: y\n",
      { a: null, c: "z" },
      "  name: web\n  annotations:\n    b: y\n    c: z\n",
    ],
    [
      "remove in flow style",
      "  name: web\n  annotations: {a: x, b: y}\n",
      { b: null },
      "  name: web\n  annotations: {a: x}\n",
    ],
    ["remove what is not there", "  name: web\n", { a: null }, []],
    [
      "where nothing is written",
      "  name: web\n  annotations: # none yet\n",
      { a: "b" },
      "  name: web\n  annotations:\n    a: b\n",
    ],
    [
      "add and remove above a comment",
      "  name: web\n  # foot\n  # more\n",
      { a: "b" },
      "  name: web\n  annotations:\n    a: b\n  # foot\n  # more\n",
    ],
    [
      "remove the last one above a comment",
      "  name: web\n  annotations:\n    a: b\n  # foot\n",
      { a: null },
      "  name: web\n  # foot\n",
    ],
    [
      "behind an alias",
      "  name: web\n  annotations: *x\n",
      { a: "b" },
      ["app.yaml:5: annotations are no map of their own"],
    ],
  ])("%s", (_name, before, annotations, after) => {
    const anchor = before.includes("*x") ? "x-base: &x {y: z}\n" : "";
    const wanted = typeof after === "string" ? anchor + text(after) : after;
    expect(edited(anchor + text(before), annotate(annotations))).toEqual(wanted);
  });
});
