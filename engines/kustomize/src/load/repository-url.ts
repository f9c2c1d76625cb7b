import { Buffer } from "node:buffer";
import { parseDuration } from "@eddy/core/duration";

/** The parts of a URL that names a directory in a Git repository. */
export interface RepositoryUrl {
  /** What to clone: a URL, or `user@host:path`. */
  repository: string;
  /** The directory in it, as written; may hold `.` and `..` steps, which do not leave the repository. */
  path: string;
  /** A branch, tag, full ref or commit; "" is the remote's HEAD. */
  ref: string;
  /** How long one step of fetching may take. Default 27,000. */
  timeoutMs: number;
  /** Whether submodules are fetched too. Default true. */
  submodules: boolean;
}

/**
 * Reads a URL as upstream does, or undefined for what it does not take for a repository: `https://host/org/repo//path?ref=x`,
 * `git@host:org/repo.git`, `github.com/org/repo`, `ssh://…`, `file://…`. Queries: `ref` or `version`, `timeout` (seconds, or
 * a duration), `submodules`. Source: kustomize 5.8.2 internal/git/repospec, which `conformance` asks.
 */
export function parseRepositoryUrl(text: string): RepositoryUrl | undefined {
  if (text.startsWith("/")) return undefined;
  const question = text.indexOf("?");
  const host = splitHost(question < 0 ? text : text.slice(0, question));
  if (host === undefined) return undefined;
  const parts = splitRepository(host.rest, host.host.startsWith("file://"));
  if (parts === undefined || parts.repository === "") return undefined;
  const path = parts.path.replace(/^\//, "");
  if (leavesRepository(path)) return undefined;
  const query = parseQuery(question < 0 ? "" : text.slice(question + 1));
  return {
    repository: host.host + parts.repository,
    path,
    ref: query.get("ref") || query.get("version") || "",
    timeoutMs: parseTimeout(query.get("timeout") ?? ""),
    submodules: !/^(?:0|f|F|false|FALSE|False)$/.test(query.get("submodules") ?? ""),
  };
}

function splitHost(text: string): { host: string; rest: string } | undefined {
  let rest = text.replace(/^git::/i, "");
  const scheme = /^(?:ssh|https?|file):\/\//i.exec(rest)?.[0].toLowerCase() ?? "";
  rest = rest.slice(scheme.length);
  const user = /^[a-zA-Z][a-zA-Z0-9-]*@/.exec(rest)?.[0] ?? "";
  rest = rest.slice(user.length);
  const isGithub = /^github\.com[/:]/i.test(rest);
  const acceptsScp = scheme === "" && (user !== "" || isGithub);
  if (scheme === "" && !acceptsScp) return undefined;
  if (scheme === "file://") return { host: scheme, rest: user + rest };
  const end = separatorIndex(rest, acceptsScp);
  const [host, path] = end < 0 ? [rest, ""] : [rest.slice(0, end + 1), rest.slice(end + 1)];
  if (isGithub)
    return { host: scheme === "ssh://" || user !== "" ? `${user}github.com:` : "https://github.com/", rest: path };
  return host === "" ? undefined : { host: scheme + user + host, rest: path };
}

function separatorIndex(text: string, acceptsScp: boolean): number {
  const slash = text.indexOf("/");
  const colon = acceptsScp ? text.indexOf(":") : -1;
  if (!acceptsScp) return slash;
  return slash < 0 || (colon > 0 && colon < slash) ? colon : slash;
}

function splitRepository(text: string, whole: boolean): { repository: string; path: string } | undefined {
  const azure = text.indexOf("_git/");
  if (azure >= 0) {
    const [name = "", ...rest] = text.slice(azure + 5).split("/");
    return { repository: text.slice(0, azure + 5) + name, path: rest.join("/") };
  }
  const double = text.indexOf("//");
  if (double >= 0) return { repository: text.slice(0, double), path: text.slice(double + 2) };
  const suffix = text.indexOf(".git");
  if (suffix >= 0) return { repository: text.slice(0, suffix + 4), path: text.slice(suffix + 4) };
  if (whole) return { repository: text, path: "" };
  const segments = text.split("/");
  if (segments.length < 2) return undefined;
  return { repository: segments.slice(0, 2).join("/"), path: segments.slice(2).join("/") };
}

// A path that is still absolute counts as staying inside, as upstream cleans it: whoever opens it has to look again.
function leavesRepository(path: string): boolean {
  if (path.startsWith("/")) return false;
  let depth = 0;
  for (const step of path.split("/")) {
    if (step === "..") depth--;
    else if (step !== "" && step !== ".") depth++;
    if (depth < 0) return true;
  }
  return false;
}

/** The first value of each key; none at all where one of them is malformed, as upstream falls back to its defaults then. */
function parseQuery(text: string): ReadonlyMap<string, string> {
  const values = new Map<string, string>();
  for (const pair of text.split("&")) {
    if (pair === "") continue;
    const equals = pair.indexOf("=");
    const key = decodePart(equals < 0 ? pair : pair.slice(0, equals));
    const value = decodePart(equals < 0 ? "" : pair.slice(equals + 1));
    if (pair.includes(";") || key === undefined || value === undefined) return new Map();
    if (!values.has(key)) values.set(key, value);
  }
  return values;
}

function decodePart(text: string): string | undefined {
  if (/%(?![0-9a-fA-F]{2})/.test(text)) return undefined;
  const spaced = text.replaceAll("+", " ");
  return spaced.replace(/(?:%[0-9a-fA-F]{2})+/g, (bytes) => Buffer.from(bytes.replaceAll("%", ""), "hex").toString());
}

const defaultTimeoutMs = 27_000;
/** The longest that a timer can be set to. */
const maxTimeoutMs = 2 ** 31 - 1;

function parseTimeout(text: string): number {
  const timeoutMs = /^[+-]?\d+$/.test(text) ? Number(text) * 1_000 : durationMs(text);
  return timeoutMs > 0 ? Math.min(timeoutMs, maxTimeoutMs) : defaultTimeoutMs;
}

function durationMs(text: string): number {
  try {
    return parseDuration(text);
  } catch {
    return 0;
  }
}
