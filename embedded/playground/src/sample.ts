import { readdirSync, readFileSync } from "node:fs";
import { join, relative, sep } from "node:path";

/** Files of the sample repository by path: apps in two environments, releases, namespaces, a custom resource and its definition. */
export function loadSample(): Record<string, string> {
  return loadFolder(join(import.meta.dirname, "../sample"));
}

/** The sample charts' files, by the chart's folder. */
export function loadSampleCharts(): Record<"buoy" | "lighthouse", Record<string, string>> {
  const folder = (name: string): Record<string, string> => loadFolder(join(import.meta.dirname, "../charts", name));
  return { buoy: folder("buoy"), lighthouse: folder("lighthouse") };
}

function loadFolder(root: string): Record<string, string> {
  const entries = readdirSync(root, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  return Object.fromEntries(
    files
      .map((file) => [relative(root, file).split(sep).join("/"), readFileSync(file, "utf8")] as const)
      .toSorted(([left], [right]) => (left < right ? -1 : 1)),
  );
}
