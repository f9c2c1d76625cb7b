import { messageOf } from "@eddy/core/errors";
import { compareText } from "@eddy/core/json";
import {
  encodeNode,
  getPath,
  parseDocuments,
  removeField,
  setField,
  stringNode,
  makeNode,
  type Node,
  contentOf,
} from "@eddy/goyaml";
import { dialectRules, type HelmDialect } from "../dialect.ts";
import { HelmError } from "../error.ts";
import { formatManifest } from "../manifest/format-manifest.ts";
import { isBlank } from "../manifest/go-space.ts";
import type { Hook, Manifest } from "../manifest/manifest.ts";
import { sortManifests } from "../manifest/sort-manifests.ts";
import { splitManifests } from "../manifest/split-manifests.ts";
import type { PostRenderer, PostRenderStrategy } from "./options.ts";

/** Options of {@link postRender}. */
export interface PostRenderOptions {
  readonly dialect: HelmDialect;
  readonly postRenderer?: PostRenderer;
  readonly postRenderStrategy?: PostRenderStrategy;
  readonly onWarning: (message: string) => void;
}

/** Sorted manifests and hooks; `text` where a Helm 3 post-renderer leaves nothing else. */
export interface PostRendered {
  readonly manifests: readonly Manifest[];
  readonly hooks: readonly Hook[];
  readonly text?: string;
}

/**
 * Sorts rendered files and gives them to the post-renderer as the dialect does: Helm 3 its finished text, without hooks; Helm 4 all
 * documents with their file's name as an annotation, and sorts what comes back.
 * Source: Helm `renderResources`, `annotateAndMerge`, `splitAndDeannotate`.
 * @throws HelmError (terminal) in Helm's words
 */
export function postRender(files: ReadonlyMap<string, string>, options: PostRenderOptions): PostRendered {
  const { dialect, postRenderer, onWarning } = options;
  const sort = (rendered: ReadonlyMap<string, string>): PostRendered =>
    sortManifests(rendered, { dialect, order: "install", onWarning });
  if (postRenderer === undefined) return sort(files);
  if (!dialectRules[dialect].postRenderBeforeSort) {
    const { hooks, manifests } = sort(files);
    const text = running(postRenderer, formatManifest(manifests), "error while running post render on files");
    return { hooks, manifests: [], text };
  }
  const strategy = options.postRenderStrategy ?? "combined";
  if (strategy === "combined") return sort(runCombined(files, postRenderer));
  const { hooks, manifests } = sort(files);
  const merged = new Map<string, string>();
  const hookFiles = byPath(hooks.map(({ path, manifest }) => [path, manifest]));
  append(merged, strategy === "nohooks" ? hookFiles : runGroup("hooks", hookFiles, postRenderer));
  append(merged, runGroup("manifests", byPath(manifests.map(({ path, content }) => [path, content])), postRenderer));
  return sort(merged);
}

function running(renderer: PostRenderer, text: string, context: string): string {
  try {
    return renderer.run(text);
  } catch (cause) {
    throw new HelmError(`${context}: ${messageOf(cause)}`, { code: "HELM_POST_RENDER", cause });
  }
}

function explaining<T>(context: string, step: () => T): T {
  try {
    return step();
  } catch (cause) {
    throw new HelmError(`${context}: ${messageOf(cause)}`, { code: "HELM_POST_RENDER", cause });
  }
}

function runCombined(files: ReadonlyMap<string, string>, renderer: PostRenderer): Map<string, string> {
  const merged = explaining("error merging manifests", () => annotateAndMerge(files));
  const output = running(renderer, merged, "error while running post render on files");
  return explaining("error while parsing post rendered output", () => splitAndDeannotate(output, ""));
}

function runGroup(name: string, files: Map<string, string>, renderer: PostRenderer): Map<string, string> {
  if (files.size === 0) return files;
  const merged = explaining(`error merging ${name}`, () => annotateAndMerge(files));
  const output = running(renderer, merged, `error while running post render on ${name}`);
  return explaining(`error while parsing post rendered output for ${name}`, () => splitAndDeannotate(output, name));
}

function byPath(documents: readonly (readonly [string, string])[]): Map<string, string> {
  const files = new Map<string, string>();
  for (const [path, text] of documents) append(files, new Map([[path, text]]));
  return files;
}

function append(into: Map<string, string>, files: ReadonlyMap<string, string>): void {
  for (const [path, text] of files) {
    const before = into.get(path);
    into.set(path, before === undefined ? text : `${before}\n---\n${text}`);
  }
}

const filenameAnnotation = "postrenderer.helm.sh/postrender-filename";

function annotateAndMerge(files: ReadonlyMap<string, string>): string {
  const documents: Node[] = [];
  for (const path of [...files.keys()].sort(compareText)) {
    const text = files.get(path) as string;
    if (path.slice(path.lastIndexOf("/") + 1).startsWith("_") || isBlank(text)) continue;
    for (const part of splitManifests(text, "helm4")) {
      const nodes = explaining(`parsing ${path}`, () => parseNodes(part));
      for (const node of nodes) annotate(node, path);
      documents.push(...nodes);
    }
  }
  return formatNodes(documents);
}

function parseNodes(text: string): Node[] {
  try {
    return parseDocuments(text).filter((document) => contentOf(document).kind === "mapping");
  } catch (cause) {
    throw new HelmError(`MalformedYAMLError: ${messageOf(cause)}`, { code: "HELM_POST_RENDER", cause });
  }
}

function annotate(document: Node, path: string): void {
  const object = contentOf(document) as Node;
  const metadata = ensureMap(object, "metadata");
  setField(ensureMap(metadata, "annotations"), filenameAnnotation, annotationNode(path));
}

function annotationNode(path: string): Node {
  const node = stringNode(path);
  node.style = { quote: "single" };
  return node;
}

function ensureMap(object: Node, key: string): Node {
  const present = getPath(object, [key]);
  if (present?.kind === "mapping") return present;
  const made = makeNode("mapping", "!!map");
  setField(object, key, made);
  return made;
}

function formatNodes(documents: readonly Node[]): string {
  return documents.map((document) => encodeNode(document, { indent: 2, compactSequences: true })).join("---\n");
}

function splitAndDeannotate(text: string, prefix: string): Map<string, string> {
  const byFile = new Map<string, Node[]>();
  for (const [index, document] of parseNodes(text).entries()) {
    const path = takeFilename(document) ?? `generated-by-postrender-${prefix === "" ? "" : `${prefix}-`}${index}.yaml`;
    const its = byFile.get(path);
    if (its === undefined) byFile.set(path, [document]);
    else its.push(document);
  }
  return new Map([...byFile].map(([path, documents]) => [path, formatNodes(documents)]));
}

/** The file's name, taken out of the document; a map that had nothing else goes with it. */
function takeFilename(document: Node): string | undefined {
  const object = contentOf(document) as Node;
  const metadata = getPath(object, ["metadata"]);
  const annotations = getPath(object, ["metadata", "annotations"]);
  if (metadata === undefined || annotations === undefined) return undefined;
  const path = getPath(annotations, [filenameAnnotation])?.value;
  removeField(annotations, filenameAnnotation);
  if (annotations.content.length === 0) removeField(metadata, "annotations");
  return path;
}
