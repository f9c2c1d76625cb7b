import { type BuildBudget, BudgetError } from "../budget.ts";
import { KustomizeError } from "../error.ts";
import type { Loader } from "../load/loader.ts";
import type { PatchEntry } from "../model/kustomization.ts";
import { type JsonPatchOperation, parseJsonPatch } from "../patch/json-patch.ts";
import type { BuildObject } from "../resource/build-object.ts";
import { readObjects } from "../resource/read-objects.ts";
import type { OpenApiSchema } from "../schema/schema.ts";
import { allowChanges, type ReadPatch } from "../transformers/patches.ts";

/** Where patches are read from. */
export interface PatchContext {
  loader: Loader;
  schema: OpenApiSchema;
  budget: BuildBudget;
  /** The kustomization or plugin that holds inline patches. */
  file: string;
}

/**
 * Reads one entry of `patches`: a text is a strategic merge if its documents are objects, else a JSON patch.
 * @throws KustomizeError for entries without a patch, and texts that are neither
 */
export function readPatchEntry(entry: PatchEntry, context: PatchContext): ReadPatch {
  const { text, file, source } = textOfEntry(entry, context);
  const merges = attempt(() => readObjects(text, file, context));
  const operations = attempt(() => {
    if (text === "") throw new KustomizeError("empty json patch operations");
    return parseJsonPatch(text, file);
  });
  const target = entry.target === undefined ? {} : { target: entry.target };
  if (merges.value?.length && operations.value?.length) {
    throw new KustomizeError(`illegally qualifies as both an SM and JSON patch: ${source}`, { position: { file } });
  }
  if (merges.value !== undefined) {
    allowChanges(merges.value, entry.options);
    return { merges: merges.value, ...target, source, file };
  }
  if (operations.value !== undefined) return { operations: operations.value, ...target, source, file };
  throw new KustomizeError(`unable to parse SM or JSON patch from ${source}: ${merges.error}`, {
    position: { file, ...merges.position },
  });
}

function textOfEntry(
  entry: PatchEntry,
  { loader, file }: PatchContext,
): { text: string; file: string; source: string } {
  const inline = (entry.patch ?? "").trim();
  const position = { position: { file, field: "patches" } };
  if (inline === "" && !entry.path) throw new KustomizeError("must specify one of patch and path", position);
  if (inline !== "" && entry.path) throw new KustomizeError("patch and path can't be set at the same time", position);
  if (inline !== "") return { text: inline, file, source: `[patch: ${JSON.stringify(inline)}]` };
  const path = entry.path ?? "";
  try {
    return { ...loader.loadText(path), source: `[path: ${JSON.stringify(path)}]` };
  } catch (cause) {
    if (!(cause instanceof KustomizeError) || cause instanceof BudgetError) throw cause;
    throw new KustomizeError(`failed to get the patch file from path(${path}): ${cause.message}`, {
      position: { file, field: "patches.path" },
      cause,
    });
  }
}

interface Attempt<T> {
  value?: T;
  error: string;
  position: KustomizeError["position"];
}

function attempt<T>(step: () => T): Attempt<T> {
  try {
    return { value: step(), error: "", position: undefined };
  } catch (cause) {
    if (cause instanceof BudgetError) throw cause;
    const position = cause instanceof KustomizeError ? cause.position : undefined;
    return { error: cause instanceof Error ? cause.message : String(cause), position };
  }
}

/** Reads `patchesStrategicMerge`: each entry is a patch, or the path of a file of patches. @throws KustomizeError */
export function readNamedPatches(entries: readonly string[], context: PatchContext): BuildObject[] {
  const patches = entries.flatMap((entry) => {
    const inline = attempt(() => readObjects(entry, context.file, context));
    if (inline.value !== undefined) return inline.value;
    if (entry.includes("\n")) {
      throw new KustomizeError(inline.error, {
        position: { file: context.file, field: "patchesStrategicMerge", ...inline.position },
      });
    }
    const { text, file } = context.loader.loadText(entry);
    return readObjects(text, file, context);
  });
  if (patches.length > 0) return patches;
  throw new KustomizeError(`patch appears to be empty; files=[${entries.join(" ")}]`, {
    position: { file: context.file, field: "patchesStrategicMerge" },
  });
}

/** Reads one entry of `patchesJson6902`. @throws KustomizeError */
export function readJson6902(
  entry: PatchEntry,
  context: PatchContext,
): { operations: JsonPatchOperation[]; file: string } {
  const position = { position: { file: context.file, field: "patchesJson6902" } };
  if (!entry.target?.name) throw new KustomizeError("must specify the target name", position);
  if (!entry.path && !entry.patch) throw new KustomizeError("empty file path and empty jsonOp", position);
  if (entry.path && entry.patch) throw new KustomizeError("must specify a file path or jsonOp, not both", position);
  const { text, file } = entry.path
    ? context.loader.loadText(entry.path)
    : { text: entry.patch ?? "", file: context.file };
  if (text === "") throw new KustomizeError(`patch file '${entry.path ?? ""}' empty seems to be empty`, position);
  const operations = parseJsonPatch(text, file);
  if (operations.length === 0)
    throw new KustomizeError(`patch appears to be empty; file=${entry.path ?? ""}`, position);
  return { operations, file };
}
