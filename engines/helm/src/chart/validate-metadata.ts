import { quoteGo } from "@eddy/core/go-text";
import { parseVersion } from "@eddy/core/semver";
import { HelmError } from "../error.ts";
import type { ChartDependency, ChartMaintainer, ChartMetadata } from "./chart.ts";
import { sanitize } from "./sanitize.ts";

/**
 * The metadata with clean text. Source: Helm `chart.Metadata.Validate`.
 * @throws HelmError (terminal) that begins with `validation: `
 */
export function validateMetadata(metadata: ChartMetadata): ChartMetadata {
  const clean = cleanTexts(metadata);
  checkFields(clean);
  const maintainers = clean.maintainers.map(cleanMaintainer);
  const dependencies = clean.dependencies.map(cleanDependency);
  checkNames(dependencies);
  return { ...clean, maintainers, dependencies };
}

function refuse(message: string): HelmError {
  return new HelmError(`validation: ${message}`);
}

function cleanTexts(metadata: ChartMetadata): ChartMetadata {
  return {
    ...metadata,
    name: sanitize(metadata.name),
    description: sanitize(metadata.description),
    home: sanitize(metadata.home),
    icon: sanitize(metadata.icon),
    condition: sanitize(metadata.condition),
    tags: sanitize(metadata.tags),
    appVersion: sanitize(metadata.appVersion),
    kubeVersion: sanitize(metadata.kubeVersion),
    sources: metadata.sources.map(sanitize),
    keywords: metadata.keywords.map(sanitize),
  };
}

function checkFields({ apiVersion, name, version, type }: ChartMetadata): void {
  if (apiVersion === "") throw refuse("chart.metadata.apiVersion is required");
  if (name === "") throw refuse("chart.metadata.name is required");
  if (name === "." || name === "..") throw refuse(`chart.metadata.name ${quoteGo(name)} is not allowed`);
  if (name.includes("/")) throw refuse(`chart.metadata.name ${quoteGo(name)} is invalid`);
  if (version === "") throw refuse("chart.metadata.version is required");
  if (!isVersion(version)) throw refuse(`chart.metadata.version ${quoteGo(version)} is invalid`);
  if (!["", "application", "library"].includes(type))
    throw refuse("chart.metadata.type must be application or library");
}

function isVersion(text: string): boolean {
  try {
    parseVersion(text);
    return true;
  } catch {
    return false;
  }
}

function cleanMaintainer(maintainer: ChartMaintainer | null): ChartMaintainer {
  if (maintainer === null) throw refuse("maintainers must not contain empty or null nodes");
  const { name = "", email = "", url = "" } = maintainer;
  return { name: sanitize(name), email: sanitize(email), url: sanitize(url) };
}

function cleanDependency(dependency: ChartDependency | null): ChartDependency {
  if (dependency === null) throw refuse("dependencies must not contain empty or null nodes");
  const clean = {
    ...dependency,
    name: sanitize(dependency.name),
    version: sanitize(dependency.version),
    repository: sanitize(dependency.repository),
    condition: sanitize(dependency.condition),
    tags: dependency.tags.map(sanitize),
  };
  if (clean.alias !== "" && !/^[a-zA-Z0-9_-]+$/.test(clean.alias))
    throw refuse(`dependency ${quoteGo(clean.name)} has disallowed characters in the alias`);
  return clean;
}

function checkNames(dependencies: readonly ChartDependency[]): void {
  const seen = new Set<string>();
  for (const { name, alias } of dependencies) {
    const key = alias === "" ? name : alias;
    if (seen.has(key)) throw refuse(`more than one dependency with name or alias ${quoteGo(key)}`);
    seen.add(key);
  }
}
