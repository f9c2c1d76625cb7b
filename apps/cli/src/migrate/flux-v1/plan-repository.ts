import { Buffer } from "node:buffer";
import type { Json } from "@eddy/core/json";
import { isObject } from "@eddy/core/json";
import type { KubeObject } from "@eddy/core/object";
import { joinPath, type FileTree } from "@eddy/core/tree";
import { dump, load } from "@eddy/goyaml";
import { planEdits, type SourceEdit } from "@eddy/source-edit";
import { convertHelmRelease, isOperatorRelease } from "./convert-helm-release.ts";
import { readFluxYaml } from "./read-flux-yaml.ts";

/** What fluxd was started with. */
export interface FluxV1Setup {
  readonly name: string;
  readonly namespace: string;
  readonly url: string;
  readonly branch: string;
  /** `--git-path`; the root unless given. */
  readonly paths: readonly string[];
  /** `--sync-garbage-collection`. */
  readonly garbageCollection: boolean;
  /** `--sops`. */
  readonly sops: boolean;
  readonly secret?: string | undefined;
}

/** What becomes of a Flux v1 repository. */
export interface RepositoryMigration {
  /** A GitRepository, and a Kustomization a path. */
  readonly objects: readonly KubeObject[];
  /** Files that change, whole, by path. */
  readonly files: ReadonlyMap<string, string>;
  /** `<file>: <what>`. */
  readonly changes: readonly string[];
  readonly warnings: readonly string[];
}

const maxDepth = 100;
const group = { source: "source.toolkit.fluxcd.io/v1", kustomize: "kustomize.toolkit.fluxcd.io/v1" };

/**
 * Turns a Flux v1 repository into Flux v2 objects: what syncs it, HelmReleases of the Helm operator, and `fluxcd.io/ignore`. Annotations
 * that automate, lock and filter stay as they are: they mean the same. Nothing is run. Pure.
 */
export function planRepository(tree: FileTree, setup: FluxV1Setup): RepositoryMigration {
  const warnings: string[] = [];
  const charts: string[] = [];
  const files: string[] = [];
  const paths = setup.paths.length === 0 ? [""] : setup.paths.map((path) => joinPath("", path) ?? "");
  const folders = paths.map((path) => {
    const found = walk(tree, path, charts);
    files.push(...found);
    return folderOf(tree, path, warnings);
  });
  const changed = changeFiles(tree, [...new Set(files)], warnings);
  const source = sourceObject(setup, charts);
  const kustomizations = folders.map((folder, index) => kustomizationObject(setup, folder, index));
  return { objects: [source, ...kustomizations], files: changed.files, changes: changed.changes, warnings };
}

/** YAML below a path; charts are left out, as fluxd did. */
function walk(tree: FileTree, path: string, charts: string[], depth: number = 0): string[] {
  if (depth > maxDepth) return [];
  const names = tree.list(path) ?? [];
  if (depth > 0 && names.includes("Chart.yaml") && names.includes("values.yaml")) {
    charts.push(path);
    return [];
  }
  return names.flatMap((name) => {
    const child = path === "" ? name : `${path}/${name}`;
    const kind = name === ".git" ? undefined : tree.kindOf(child);
    if (kind === "directory") return walk(tree, child, charts, depth + 1);
    return kind === "file" && /\.ya?ml$/.test(name) ? [child] : [];
  });
}

/** The folder that is built for a path; `.flux.yaml` is looked for there and above. */
function folderOf(tree: FileTree, path: string, warnings: string[]): string {
  for (let at = path; ; at = at.slice(0, Math.max(0, at.lastIndexOf("/")))) {
    const file = at === "" ? ".flux.yaml" : `${at}/.flux.yaml`;
    const text = tree.read(file);
    if (text === undefined) {
      if (at === "") return path;
      continue;
    }
    const generation = readFluxYaml(Buffer.from(text).toString());
    if (generation.mode === "files") return path;
    if (generation.mode === "refused") {
      warnings.push(`${file}: ${generation.reason}`);
      return path;
    }
    const folder = joinPath(path, generation.folder) ?? path;
    if (generation.patchFile !== undefined)
      warnings.push(
        `${file}: add ${generation.patchFile} to \`patches\` of the kustomization in ${folder || "."}, as \`- path: ${generation.patchFile}\``,
      );
    return folder;
  }
}

function changeFiles(
  tree: FileTree,
  paths: readonly string[],
  warnings: string[],
): { files: Map<string, string>; changes: string[] } {
  const files = new Map<string, string>();
  const changes: string[] = [];
  for (const path of paths) {
    const bytes = tree.read(path);
    if (bytes === undefined) continue;
    const text = Buffer.from(bytes).toString();
    if (!/fluxcd\.io|flux\.weave\.works/.test(text)) continue;
    try {
      const converted = convertDocuments(path, text, changes, warnings);
      const ignored = ignoreDocuments(tree, path, converted, changes);
      if (ignored !== text) files.set(path, ignored);
    } catch (error) {
      warnings.push(`${path}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  return { files, changes };
}

/** Replaces the documents that are HelmReleases of the Helm operator; every other byte stays. */
function convertDocuments(path: string, text: string, changes: string[], warnings: string[]): string {
  const parts = text.split(/^(?=---(?:\s|$))/m);
  return parts
    .map((part) => {
      const body = part.replace(/^---[^\n]*(?:\n|$)/, "");
      if (!/^kind:\s*["']?HelmRelease/m.test(body)) return part;
      const object = load(body);
      if (!isObject(object) || !isOperatorRelease(object as unknown as KubeObject)) return part;
      const { objects, warnings: own } = convertHelmRelease(object as unknown as KubeObject);
      const { name } = (object as unknown as KubeObject).metadata;
      warnings.push(...own.map((warning) => `${path}: HelmRelease ${name}: ${warning}`));
      changes.push(`${path}: HelmRelease ${name} of the Helm operator is one of helm.toolkit.fluxcd.io/v2`);
      const head = part.slice(0, part.length - body.length);
      return head + objects.map((one) => dump(one as unknown as Json)).join("---\n");
    })
    .join("");
}

/** Objects that Flux v1 ignored are left alone by Kustomizations, too. */
function ignoreDocuments(_tree: FileTree, path: string, text: string, changes: string[]): string {
  if (!/ignore:\s*["']?(?:true|sync_only)/.test(text)) return text;
  const edits: SourceEdit[] = [];
  for (const part of text.split(/^---(?:\s.*)?$/m)) {
    const object = load(part);
    if (!isObject(object)) continue;
    const { kind, metadata } = object as unknown as KubeObject;
    const notes = metadata?.annotations ?? {};
    if (
      !["fluxcd.io/ignore", "flux.weave.works/ignore"].some((key) => ["true", "sync_only"].includes(notes[key] ?? ""))
    )
      continue;
    const annotations = { "kustomize.toolkit.fluxcd.io/reconcile": "disabled" };
    edits.push({ kind: "annotations", object: { kind, name: metadata.name, file: path }, annotations });
    changes.push(`${path}: ${kind} ${metadata.name} is ignored by Kustomizations, too`);
  }
  const only: FileTree = {
    kindOf: (at) => (at === path ? "file" : path.startsWith(`${at}/`) || at === "" ? "directory" : undefined),
    read: (at) => (at === path ? Buffer.from(text) : undefined),
    list: () => [],
  };
  const edited = planEdits(only, edits, { paths: [path] }).files.get(path);
  return edited === undefined ? text : Buffer.from(edited).toString();
}

function sourceObject({ name, namespace, url, branch, secret }: FluxV1Setup, charts: readonly string[]): KubeObject {
  const ignore = charts.length === 0 ? {} : { ignore: charts.map((path) => `/${path}\n`).join("") };
  const secretRef = secret === undefined ? {} : { secretRef: { name: secret } };
  const spec = { interval: "5m0s", url, ref: { branch }, ...secretRef, ...ignore };
  return { apiVersion: group.source, kind: "GitRepository", metadata: { name, namespace }, spec };
}

function kustomizationObject(
  { name, namespace, garbageCollection, sops }: FluxV1Setup,
  folder: string,
  index: number,
): KubeObject {
  const spec = {
    interval: "5m0s",
    path: `./${folder}`,
    prune: garbageCollection,
    sourceRef: { kind: "GitRepository", name },
    ...(sops ? { decryption: { provider: "sops", secretRef: { name: "sops-keys" } } } : {}),
  };
  return {
    apiVersion: group.kustomize,
    kind: "Kustomization",
    metadata: { name: index === 0 ? name : `${name}-${index + 1}`, namespace },
    spec,
  };
}
