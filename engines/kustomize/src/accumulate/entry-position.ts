import type { SourcePosition } from "@eddy/core/errors";
import { getField, parseDocuments } from "@eddy/goyaml";
import type { Target } from "./load-target.ts";

/** Lists of a kustomization file whose entries are paths of other kustomizations. */
const listFields = ["resources", "bases", "components", "generators", "transformers", "validators"];

/** Where a kustomization names a path: its file, and the line if it can be told. Reads the file again, so for errors only. */
export function positionOfEntry({ loader, file, fileName }: Target, path: string): SourcePosition {
  const [root] = parseDocuments(loader.loadText(fileName).text, { file });
  for (const name of listFields) {
    const list = root === undefined ? undefined : getField(root, name);
    const entry = list?.content.find(({ value }) => value === path);
    if (entry !== undefined) return { file, line: entry.line, field: name };
  }
  return { file };
}
