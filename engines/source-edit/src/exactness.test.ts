import { formatImage } from "@eddy/core/image";
import { memoryTree } from "@eddy/core/tree";
import { loadDocuments } from "@eddy/goyaml";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { findImages, planEdits, type SourceEdit } from "./index.ts";

const digest = `sha256:${"0f".repeat(32)}`;

const styles = `# licence\r
---\r
apiVersion: apps/v1\r
kind: Deployment\r
metadata:\r
    name: styles   # blanks behind  \r
spec:\r
    template:\r
        spec:\r
            containers:\r
            # head\r
            - name: plain\r
              image:   org/plain:1   # {"x": 1}\r
            - {image: "org/flow:1", name: flow}\r
            - "name": 'single'\r
              "image": 'org/single:1'\r
            - name: anchored\r
              image: &img org/anchored:1\r
              args: ["😀", *img]\r
            - name: folded\r
              image: >-\r
                  org/folded:1\r
            initContainers: [{name: init, image: org/init}]\r
`;
const several = `\ufeff
kind: CronJob
metadata: {name: several}
spec: {jobTemplate: {spec: {template: {spec: {containers: [
  {name: a, image: 'org/a:1'}, # a
  {name: "b", image: org/b@${digest}}
]}}}}}
...
%YAML 1.1
---
kind: Pod
metadata:
  name: twin
spec:
  containers:
    -   name: c
        image: !!str "org/c:1"
---
apiVersion: v1
kind: List
items:
  - kind: DaemonSet
    metadata:
      name: listed
    spec:
      template:
        spec:
          containers:
            - image: org/d:1
              name: d
              command: |2+
                  keep  

              env: []`;
const fixtures = { styles, several };

const anyImage: fc.Arbitrary<string> = fc
  .record({
    name: fc.constantFrom("org/new", "localhost:5000/x-y/z", "ghcr.io/a/b.c", "org/plain"),
    tag: fc.option(fc.stringMatching(/^[A-Za-z0-9_][A-Za-z0-9_.-]{0,20}$/), { nil: undefined }),
    digest: fc.option(fc.constant(digest), { nil: undefined }),
  })
  .map(({ name, tag, digest: sum }) =>
    formatImage({ name, ...(tag === undefined ? {} : { tag }), ...(sum === undefined ? {} : { digest: sum }) }),
  );

describe.each(Object.entries(fixtures))("%s", (_name, text) => {
  const tree = memoryTree({ "f.yaml": text });
  const { images } = findImages(tree);

  it("has the images that are looked for", () => expect(images.length).toBeGreaterThan(3));

  it("changes only the scalar, to what was wanted, and back to what was", () => {
    fc.assert(
      fc.property(fc.constantFrom(...images), anyImage, (found, image) => {
        const edit = (to: string): SourceEdit => {
          const { kind, name } = found.object;
          return { kind: "image", object: { kind, name }, container: found.container, image: to };
        };
        const plan = planEdits(tree, [edit(image)]);
        expect(plan).toMatchObject({ refusals: [], unmatched: [] });
        const changed = decode(plan.files.get("f.yaml"), text);
        expect(loadDocuments(changed)).toEqual(withText(loadDocuments(text), formatImage(found.image), image));
        expect(outside(changed, text)).toBeLessThanOrEqual(formatImage(found.image).length);
        const again = memoryTree({ "f.yaml": changed });
        expect(planEdits(again, [edit(image)]).files.size).toBe(0);
        expect(decode(planEdits(again, [edit(formatImage(found.image))]).files.get("f.yaml"), changed)).toBe(text);
      }),
      { numRuns: 200 },
    );
  });
});

function decode(bytes: Uint8Array | undefined, otherwise: string): string {
  return bytes ? new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes) : otherwise;
}

/** Each image stands once in a fixture (an alias of it too), so that a text says which is meant. */
function withText(documents: unknown, from: string, to: string): unknown {
  const json = JSON.stringify(documents).replaceAll(JSON.stringify(from), () => JSON.stringify(to));
  return JSON.parse(json) as unknown;
}

/** How many characters of `before` are neither in front of the change nor behind it. */
function outside(after: string, before: string): number {
  let start = 0;
  while (start < before.length && before[start] === after[start]) start++;
  let end = 0;
  while (end < before.length - start && before.at(-1 - end) === after.at(-1 - end)) end++;
  return before.length - start - end;
}

describe("whatever a file holds", () => {
  const token = fc.constantFrom(
    "kind: ",
    "Deployment",
    "HelmRelease",
    "metadata:",
    "name: ",
    "web",
    "image: ",
    "images:",
    "spec:",
    "values:",
    "template:",
    "containers:",
    "annotations:",
    "tag: ",
    "a:1",
    '"a:1"',
    "'a:1'",
    "&x ",
    "*x",
    "!!str ",
    "|\n",
    ">-\n",
    "- ",
    "? ",
    ": ",
    "{",
    "}",
    "[",
    "]",
    ",",
    "\n",
    "\n  ",
    "\n    ",
    "\n      ",
    "\r\n",
    "---\n",
    "...\n",
    "#",
    ' # {"$imagepolicy": "ns:p"}',
    "\t",
    "\u0085",
    "😀",
    "\ufeff",
    "\0",
    "%YAML 1.1\n",
    "<<: ",
  );
  const object = { kind: "Deployment", name: "web" };
  const edits: SourceEdit[] = [
    { kind: "markers", images: [{ namespace: "ns", policy: "p", name: "org/p", tag: "1.10" }] },
    { kind: "image", object, image: "org/new:2" },
    { kind: "image", object: { ...object, kind: "HelmRelease" }, container: "chart-image", image: "org/new:2" },
    { kind: "field", object, path: "spec.tag", value: "on" },
    { kind: "annotations", object, annotations: { a: "b: c", gone: null } },
    { kind: "kustomization-image", file: "f.yaml", name: "web", newTag: "2", add: true },
  ];

  it("an edit is made exactly, or refused, or not at all: it never throws, and never changes what can be read no more", () => {
    fc.assert(
      fc.property(fc.array(token, { maxLength: 60 }), fc.subarray(edits), (tokens, wanted) => {
        const text = tokens.join("");
        const tree = memoryTree({ "f.yaml": text });
        const plan = planEdits(tree, wanted);
        const bytes = plan.files.get("f.yaml");
        expect(bytes === undefined).toBe(plan.changes.length === 0);
        if (bytes === undefined) return;
        const again = planEdits(memoryTree({ "f.yaml": bytes }), wanted);
        expect(again.files.size).toBe(0);
      }),
      { numRuns: 3_000 },
    );
  });
});
