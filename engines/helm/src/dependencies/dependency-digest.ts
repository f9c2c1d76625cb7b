import { digestOf } from "@eddy/core/digest";
import type { ChartDependency } from "../chart/chart.ts";

/** A dependency with one version. */
export type LockedDependency = Pick<ChartDependency, "name" | "version" | "repository">;

/**
 * The digest of Chart.lock: `sha256:<hex>` over what is asked for and what was chosen, as Go writes both. Source: Helm
 * `resolver.HashReq`.
 */
export function dependencyDigest(wanted: readonly ChartDependency[], locked: readonly LockedDependency[]): string {
  const empty = { condition: "", tags: [], enabled: false, importValues: [], alias: "" };
  const text = JSON.stringify([wanted.map(goFields), locked.map((one) => goFields({ ...empty, ...one }))]);
  return digestOf(
    text.replaceAll(/[<>&\u2028\u2029]/g, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`),
  );
}

/** In the order of Go's struct, without what is empty there. */
function goFields(dependency: ChartDependency): Record<string, unknown> {
  const { name, version, repository, condition, tags, enabled, importValues, alias } = dependency;
  return {
    name,
    ...(version === "" ? {} : { version }),
    repository,
    ...(condition === "" ? {} : { condition }),
    ...(tags.length === 0 ? {} : { tags }),
    ...(enabled ? { enabled } : {}),
    ...(importValues.length === 0 ? {} : { "import-values": importValues }),
    ...(alias === "" ? {} : { alias }),
  };
}
