import { compareText } from "@eddy/core/json";
import { hasPath, type FieldSet } from "../fields/field-set.ts";
import { forEachPath } from "../fields/fields-v1.ts";
import { quoteGo } from "@eddy/core/go-text";
import { showPath } from "../fields/path-element.ts";
import { parseIdentity } from "./managed-fields.ts";
import type { ApplyOutcome } from "./types.ts";
import type { Conflicts } from "./updater.ts";

/** One field that another manager owns; `path` as FieldsV1 elements. */
export interface Conflict {
  manager: string;
  path: readonly string[];
}

/** All conflicting fields, managers in order of their identity. */
export function listConflicts(conflicts: Conflicts): Conflict[] {
  const list: Conflict[] = [];
  for (const manager of [...conflicts.keys()].sort(compareText)) {
    forEachPath(conflicts.get(manager) as FieldSet, (path) => list.push({ manager, path }));
  }
  return list;
}

/** The conflicts outside a set. */
export function conflictsOutside(conflicts: readonly Conflict[], allowed: FieldSet): Conflict[] {
  return conflicts.filter(({ path }) => !hasPath(allowed, path));
}

function showManager(id: string): string {
  const { manager = "", subresource, operation, apiVersion } = parseIdentity(id);
  const shown = quoteGo(manager) + (subresource ? ` with subresource ${quoteGo(subresource)}` : "");
  return operation === "Update" ? `${shown} using ${apiVersion ?? ""}` : shown;
}

function messageOfConflicts(conflicts: readonly Conflict[]): string {
  const [first] = conflicts;
  if (conflicts.length === 1 && first !== undefined) {
    return `Apply failed with 1 conflict: conflict with ${showManager(first.manager)}: ${showPath(first.path)}`;
  }
  const lines: string[] = [];
  let manager: string | undefined;
  for (const conflict of conflicts) {
    if (conflict.manager !== manager) lines.push(`conflicts with ${showManager(conflict.manager)}:`);
    manager = conflict.manager;
    lines.push(`- ${showPath(conflict.path)}`);
  }
  return `Apply failed with ${conflicts.length} conflicts: ${lines.join("\n")}`;
}

/** The outcome of an apply that is refused, in the API server's words. Source: apimachinery `managedfields/internal/conflict.go`. */
export function conflictOutcome(conflicts: readonly Conflict[]): ApplyOutcome & { kind: "conflict" } {
  const causes = conflicts.map(({ manager, path }) => ({
    reason: "FieldManagerConflict" as const,
    message: `conflict with ${showManager(manager)}`,
    field: showPath(path),
  }));
  return { kind: "conflict", message: messageOfConflicts(conflicts), causes };
}
