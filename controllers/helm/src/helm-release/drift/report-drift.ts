import { formatObjectName, refOf } from "@eddy/core/object";
import type { ReleaseDrift } from "./compare-release.ts";

/** A line for each object that is not as it should be. Source: helm-controller internal/diff/summarize.go. */
export function formatDrift(drift: ReleaseDrift): string {
  return drift
    .flatMap((entry) => {
      const name = formatObjectName(refOf(entry.desired));
      switch (entry.kind) {
        case "none":
          return [];
        case "removed":
          return [`${name} removed`];
        case "excluded":
          return [`${name} excluded`];
        case "changed": {
          const count = (op: string): number => entry.patch.filter((operation) => operation.op === op).length;
          return [
            `${name} changed (${count("add")} additions, ${count("replace")} changes, ${count("remove")} removals)`,
          ];
        }
      }
    })
    .join("\n");
}
