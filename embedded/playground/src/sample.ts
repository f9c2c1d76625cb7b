import { readdirSync, readFileSync } from "node:fs";
import { join, relative, sep } from "node:path";

/** Files of the sample repository by path: two apps in two environments, namespaces, a custom resource and its definition. */
export function loadSample(): Record<string, string> {
  const root = join(import.meta.dirname, "../sample");
  const entries = readdirSync(root, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  return Object.fromEntries(
    files
      .map((file) => [relative(root, file).split(sep).join("/"), readFileSync(file, "utf8")] as const)
      .toSorted(([left], [right]) => (left < right ? -1 : 1)),
  );
}
