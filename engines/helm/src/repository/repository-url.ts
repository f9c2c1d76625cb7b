import { trimRight } from "@eddy/core/trim";
import { indexError } from "./index-error.ts";

/** Where a repository's index is: `index.yaml` below its path, with its query. @throws HelmError HELM_INDEX for what is no URL */
export function indexUrl(repository: string): string {
  const url = parse(repository);
  url.pathname = `${trimRight(url.pathname, "/")}/index.yaml`;
  return url.href;
}

/**
 * Where a chart of a repository is: an absolute URL as it stands, another below the repository's path and with its query.
 * Source: helm pkg/repo/v1 `ResolveReferenceURL`.
 */
export function resolveChartUrl(repository: string, reference: string): string {
  if (/^[a-zA-Z][a-zA-Z0-9+.-]*:/.test(reference)) return parse(reference).href;
  const base = parse(repository);
  const { search } = base;
  base.pathname = `${base.pathname.replace(/\/$/, "")}/`;
  base.search = "";
  const resolved = new URL(reference, base);
  resolved.search = search;
  return resolved.href;
}

/**
 * The URL by which repositories are compared: one slash at the end, none for a registry. "" stays "". Source: source-controller
 * internal/helm/repository `NormalizeURL`.
 */
export function normalizeRepositoryUrl(repository: string): string {
  if (repository === "") return "";
  parse(repository);
  const match = /^([^?#]*)(.*)$/s.exec(repository);
  const [, path = "", rest = ""] = match ?? [];
  const bare = trimRight(path, "/");
  return repository.startsWith("oci://") ? `${bare}${rest}` : `${bare}/${rest}`;
}

function parse(text: string): URL {
  if (URL.canParse(text)) return new URL(text);
  throw indexError(`parse ${JSON.stringify(text.replace(/\/\/[^/@]*@/, "//"))}: it is not a URL`);
}
