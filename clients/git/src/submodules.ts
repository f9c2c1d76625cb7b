import type { FileTree } from "@eddy/core/tree";
import { trimRight } from "@eddy/core/trim";
import { GitError } from "./errors.ts";
import type { SubmoduleEntry } from "./git-tree.ts";
import type { GitRemote, OpenRepositoryOptions } from "./remote.ts";

const maxDepth = 10;
const maxModules = 200;
const depths = new WeakMap<OpenRepositoryOptions, number>();

type Open = (url: string, options: OpenRepositoryOptions) => GitRemote;

/**
 * Fetches what stands in submodules' places, by path. The parent's credentials go to the same origin only.
 * @throws GitError `unsafe` for a URL or path that must not be followed, `limit` for too many levels.
 */
export async function fetchSubmodules(
  tree: FileTree,
  entries: readonly SubmoduleEntry[],
  parent: { url: string; options: OpenRepositoryOptions },
  open: Open,
  signal: AbortSignal | undefined,
): Promise<Map<string, FileTree>> {
  const mounts = new Map<string, FileTree>();
  if (entries.length === 0) return mounts;
  const depth = depths.get(parent.options) ?? 0;
  if (depth >= maxDepth || entries.length > maxModules)
    throw new GitError("limit", `fetch submodules: more than ${maxDepth} levels or ${maxModules} modules`);
  const urls = submoduleUrls(tree);
  for (const { path, commit } of entries) {
    const written = urls.get(path);
    if (written === undefined)
      throw new GitError("protocol", `fetch submodule '${path}': .gitmodules has no url for it`);
    const url = resolveSubmoduleUrl(parent.url, written);
    const options = optionsFor(url, parent);
    depths.set(options, depth + 1);
    const remote = open(url, options);
    try {
      const found = await remote.fetch(
        { revision: `sha1:${commit}`, commit },
        { submodules: true, ...(signal ? { signal } : {}) },
      );
      mounts.set(path, found.tree);
    } finally {
      remote.close();
    }
  }
  return mounts;
}

function optionsFor(url: string, parent: { url: string; options: OpenRepositoryOptions }): OpenRepositoryOptions {
  const same = originOf(url) === originOf(parent.url);
  const { auth, ...rest } = parent.options;
  return same && auth ? { ...rest, auth } : { ...rest };
}

function originOf(url: string): string {
  return URL.canParse(url) ? new URL(url).host : "";
}

/** `path` → `url` of `.gitmodules`, which must be a file. */
export function submoduleUrls(tree: FileTree): Map<string, string> {
  const urls = new Map<string, string>();
  if (tree.kindOf(".gitmodules") === "symlink")
    throw new GitError("unsafe", "read .gitmodules: refused a symbolic link");
  const text = Buffer.from(tree.read(".gitmodules") ?? []).toString("utf8");
  let section: { path?: string; url?: string } = {};
  const close = (): void => {
    if (section.path !== undefined && section.url !== undefined) urls.set(trimRight(section.path, "/"), section.url);
    section = {};
  };
  for (const line of text.split("\n")) {
    if (/^\s*\[/.test(line)) close();
    const match = /^\s*(path|url)\s*=\s*(.*?)\s*$/i.exec(line);
    const name = match?.[1]?.toLowerCase();
    const value = unquote(match?.[2] ?? "");
    if (name === "path") section.path = value;
    if (name === "url") section.url = value;
  }
  close();
  return urls;
}

function unquote(text: string): string {
  const match = /^"(.*)"$/.exec(text);
  return match ? (match[1] ?? "").replace(/\\(["\\])/g, "$1") : text;
}

/**
 * Where a submodule is: `../x` and `./x` are relative to the parent's URL; `git@host:path` is SSH.
 * @throws GitError `unsafe` for what would be read as an option, for a local folder from afar, and for other schemes.
 */
export function resolveSubmoduleUrl(parent: string, url: string): string {
  if (url.startsWith("-")) throw new GitError("unsafe", `fetch submodule: refused the url ${JSON.stringify(url)}`);
  if (/^\.{1,2}\//.test(url)) return resolveRelative(parent, url);
  const scp = /^([^/@:]+@)?([^/@:]+):(?!:|\/\/)(.+)$/.exec(url);
  if (scp) return `ssh://${scp[1] ?? ""}${scp[2] ?? ""}/${(scp[3] ?? "").replace(/^\/+/, "")}`;
  if (/^(?:https?|ssh):\/\//.test(url)) return url;
  if (!/^(?:https?|ssh):\/\//.test(parent)) return url;
  throw new GitError("unsafe", `fetch submodule: refused the url ${JSON.stringify(url)}, want http, https or ssh`);
}

function resolveRelative(parent: string, url: string): string {
  const match = /^([a-z]+:\/\/[^/]+)?(.*)$/i.exec(trimRight(parent, "/"));
  const steps = (match?.[2] ?? "").split("/").filter((step) => step !== "");
  for (const step of url.split("/")) {
    if (step === "..") {
      if (steps.pop() === undefined)
        throw new GitError("unsafe", `fetch submodule: ${JSON.stringify(url)} leaves the host of its parent`);
    } else if (step !== "." && step !== "") steps.push(step);
  }
  return `${match?.[1] ?? ""}/${steps.join("/")}`;
}
