/** The parts of a URL that names a directory in a Git repository. */
export interface RepositoryUrl {
  /** What to clone. */
  repository: string;
  /** The directory in it. */
  path: string;
  ref: string;
}

/**
 * Reads a URL as upstream does (kustomize internal/git/repospec), or undefined for what it does not take for a repository:
 * `https://host/org/repo//path?ref=x`, `git@host:org/repo.git`, `github.com/org/repo`, `ssh://…`, `file://…`.
 */
export function parseRepositoryUrl(text: string): RepositoryUrl | undefined {
  if (text.startsWith("/")) return undefined;
  const question = text.indexOf("?");
  const query = new URLSearchParams(question < 0 ? "" : text.slice(question + 1));
  const host = splitHost(question < 0 ? text : text.slice(0, question));
  if (host === undefined) return undefined;
  const parts = splitRepository(host.rest, host.host.startsWith("file://"));
  if (parts === undefined || parts.repository === "" || leavesRepository(parts.path)) return undefined;
  return {
    repository: host.host + parts.repository,
    path: parts.path.replace(/^\//, ""),
    ref: query.get("ref") || query.get("version") || "",
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

function leavesRepository(path: string): boolean {
  let depth = 0;
  for (const step of path.split("/")) {
    if (step === "..") depth--;
    else if (step !== "" && step !== ".") depth++;
    if (depth < 0) return true;
  }
  return false;
}
