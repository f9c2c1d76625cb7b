import { compareVersions, parseConstraint, parseThreePartVersion, type Version } from "@eddy/core/semver";
import { messageOf } from "@eddy/core/errors";
import { GitError } from "./errors.ts";
import type { GitRef, GitReference, ResolvedRef } from "./remote.ts";

/** Names of refs that must be listed to resolve this reference. */
export function prefixesOf(reference: GitReference): string[] {
  switch (reference.kind) {
    case "branch":
      return [`refs/heads/${reference.name}`, "HEAD"];
    case "tag":
      return [`refs/tags/${reference.name}`, "HEAD"];
    case "semver":
      return ["refs/tags/", "HEAD"];
    case "name":
      return [reference.name.replace(/\^\{\}$/, ""), "HEAD"];
    case "commit":
      return [...(reference.branch ? [`refs/heads/${reference.branch}`] : []), "HEAD"];
  }
}

/** Candidates of equal precedence, of which the one with the newest commit is wanted. */
export interface Candidates {
  readonly candidates: readonly ResolvedRef[];
}

/**
 * Which commit a reference stands for among the listed refs. More than one candidate only for a semver range whose
 * highest versions differ in metadata alone. Source: Flux spec 1.1 `spec.ref`, and fluxcd/pkg/git for the texts.
 * @throws GitError `ref-not-found`, or `empty` for a branch of a repository without any ref.
 */
export function resolveReference(reference: GitReference, refs: readonly GitRef[], url: string): Candidates {
  switch (reference.kind) {
    case "branch":
      return only(resolveNamed(`refs/heads/${reference.name}`, reference.name, refs, url, refs.length === 0));
    case "tag":
      return only(resolveNamed(`refs/tags/${reference.name}`, reference.name, refs, url, false));
    case "name":
      return only(resolveFullName(reference.name, refs));
    case "commit":
      return only(resolveCommit(reference, refs, url));
    case "semver":
      return { candidates: resolveRange(reference.range, refs) };
  }
}

function only(resolved: ResolvedRef): Candidates {
  return { candidates: [resolved] };
}

function resolveNamed(
  refName: string,
  label: string,
  refs: readonly GitRef[],
  url: string,
  empty: boolean,
): ResolvedRef {
  checkRefName(refName, label);
  const ref = refs.find(({ name }) => name === refName);
  if (ref) return resolvedRef(ref, label);
  if (empty) throw new GitError("empty", "git repository is empty");
  throw new GitError("ref-not-found", `unable to clone '${url}': couldn't find remote ref ${JSON.stringify(refName)}`);
}

function resolveFullName(name: string, refs: readonly GitRef[]): ResolvedRef {
  const refName = name.replace(/\^\{\}$/, "");
  checkRefName(refName, name);
  const ref = refs.find((candidate) => candidate.name === refName);
  if (!ref) throw new GitError("ref-not-found", `unable to resolve ref '${name}' to a specific commit`);
  return resolvedRef(ref, name);
}

function checkRefName(refName: string, label: string): void {
  if (label.startsWith("/") || label.endsWith("/")) {
    throw new GitError("configuration", `ref ${refName} is invalid; Git refs cannot begin or end with a slash '/'`);
  }
  if (/[\0-\x20\x7f~^:?*[\\]|\.\.|@\{/.test(refName))
    throw new GitError("configuration", `ref ${JSON.stringify(refName)} is invalid`);
}

function resolveCommit(
  { sha, branch }: { sha: string; branch?: string },
  refs: readonly GitRef[],
  url: string,
): ResolvedRef {
  if (!/^[0-9a-f]{40}$/i.test(sha))
    throw new GitError("configuration", `unable to resolve commit object for '${sha}': want 40 hex digits`);
  const commit = sha.toLowerCase();
  if (branch === undefined || branch === "") return { revision: `sha1:${commit}`, commit };
  // Upstream clones the branch to find the commit there. That it is of the branch is not asked: it would take the whole history.
  const { refName } = resolveNamed(`refs/heads/${branch}`, branch, refs, url, false);
  return { revision: `${branch}@sha1:${commit}`, commit, ...(refName === undefined ? {} : { refName }) };
}

function resolvedRef(ref: GitRef, label: string): ResolvedRef {
  const commit = ref.peeled ?? ref.oid;
  return {
    revision: `${label}@sha1:${commit}`,
    commit,
    refName: ref.name,
    ...(ref.peeled === undefined ? {} : { tagObject: ref.oid }),
  };
}

function resolveRange(range: string, refs: readonly GitRef[]): ResolvedRef[] {
  const constraint = parseRange(range);
  let highest: { version: Version; refs: GitRef[] } | undefined;
  for (const ref of refs) {
    const version = ref.name.startsWith("refs/tags/") ? parseThreePartVersion(ref.name.slice(10)) : undefined;
    if (!version || !constraint.check(version)) continue;
    const order = highest ? compareVersions(version, highest.version) : 1;
    if (order > 0) highest = { version, refs: [ref] };
    else if (order === 0) highest?.refs.push(ref);
  }
  if (!highest) throw new GitError("ref-not-found", `no match found for semver: ${range}`);
  return highest.refs.map((ref) => resolvedRef(ref, ref.name.slice(10)));
}

function parseRange(range: string): ReturnType<typeof parseConstraint> {
  try {
    return parseConstraint(range);
  } catch (error) {
    throw new GitError("configuration", `semver parse error: ${messageOf(error)}`, { cause: error });
  }
}
