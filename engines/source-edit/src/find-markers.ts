import type { FileTree } from "@eddy/core/tree";
import { markedScalars, readMarked } from "./edit-markers.ts";
import type { EditScope, ObjectIdentifier } from "./edit-plan.ts";
import { sourceFiles } from "./source-files.ts";
import { isReadable, readYamlFile } from "./yaml-file.ts";

/** A scalar that a marker gives to a policy. */
export interface MarkedField {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly field: string;
  readonly object: ObjectIdentifier;
  /** `namespace:name`, with `:tag`, `:name` or `:digest` behind it. */
  readonly setter: string;
  readonly value: string;
}

/** Every scalar with a marker, in the order of path and text; files that cannot be read have none. */
export function findMarkers(tree: FileTree, scope: EditScope = {}): MarkedField[] {
  const found: MarkedField[] = [];
  for (const path of sourceFiles(tree, scope.paths)) {
    const bytes = readMarked(tree, path, scope.unmarked);
    if (bytes === undefined || bytes.length > (scope.maxFileBytes ?? 8 * 1024 * 1024)) continue;
    const file = readYamlFile(path, bytes);
    if (!isReadable(file)) continue;
    for (const object of file.objects) {
      for (const { node, field, setter } of markedScalars(object)) {
        const { line, column, value } = node;
        found.push({ file: path, line, column, field, object: object.id, setter, value });
      }
    }
  }
  return found;
}
