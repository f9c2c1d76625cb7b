import { stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Json } from "@eddy/core/json";
import { dump } from "@eddy/goyaml";
import type { BuildResult } from "@eddy/kustomize";
import { fileNames } from "./file-names.ts";

/** Writes one file, or, where `path` is a directory, one for each object, named as upstream names them. */
export async function writeResult(path: string, result: BuildResult): Promise<void> {
  const found = await stat(path).catch(() => undefined);
  if (!found?.isDirectory()) return writeFile(path, result.text());
  const objects = result.resources.map((resource) => resource.object());
  for (const [index, name] of fileNames(objects).entries())
    await writeFile(join(path, name), dump(objects[index] as unknown as Json));
}
