import type { ChartCrd, Manifest } from "./manifest.ts";

/** Manifests as a release record has them: each behind `---` and where it comes from. */
export function formatManifest(manifests: readonly Pick<Manifest, "path" | "content">[]): string {
  return manifests.map(({ path, content }) => formatSource(path, content)).join("");
}

/** CRDs as `--include-crds` prints them. */
export function formatCrds(crds: readonly ChartCrd[]): string {
  return crds.map(({ path, content }) => formatSource(path, content)).join("");
}

/** One document with its source. */
export function formatSource(path: string, content: string): string {
  return `---\n# Source: ${path}\n${content}\n`;
}
