import type { KustomizationSpec } from "@eddy/api";
import { EddyError, messageOf } from "@eddy/core/errors";
import type { KubeObject } from "@eddy/core/object";
import { joinPath, type FileTree } from "@eddy/core/tree";
import { buildKustomization, type KustomizationOverlay } from "@eddy/kustomize";
import type { WrittenObject } from "./source-change.ts";

/** An object as a folder builds it, and the file that it is from. */
export interface BuiltObject {
  readonly object: KubeObject;
  readonly origin: string;
}

/** What a folder gives. */
export interface BuiltFolder {
  readonly objects: readonly BuiltObject[];
  /** Files that were read. */
  readonly files: readonly string[];
}

const overlayFields = [
  "targetNamespace",
  "namePrefix",
  "nameSuffix",
  "patches",
  "components",
  "ignoreMissingComponents",
  "images",
  "buildMetadata",
] as const;

/**
 * Builds what a Kustomization applies, before decryption and substitution.
 * @throws EddyError BUILD_FAILED (retry): the next commit may mend it
 */
export function buildFolder(tree: FileTree, spec: KustomizationSpec): BuiltFolder {
  const path = joinPath("", spec.path ?? "");
  if (path === undefined || tree.kindOf(path) !== "directory")
    throw new EddyError("BUILD_FAILED", `build ${JSON.stringify(spec.path)}: there is no such folder`);
  const overlay = Object.fromEntries(
    overlayFields.flatMap((field) => (spec[field] === undefined ? [] : [[field, spec[field]]])),
  ) as KustomizationOverlay;
  try {
    const { resources, files } = buildKustomization(tree, path, { order: "none", loadRestrictor: "none", overlay });
    return {
      objects: resources.map((resource) => ({ object: resource.object(), origin: resource.origin })),
      files: [...files].filter((file) => tree.kindOf(file) === "file"),
    };
  } catch (cause) {
    throw new EddyError("BUILD_FAILED", `build ${JSON.stringify(spec.path ?? "./")}: ${messageOf(cause)}`, { cause });
  }
}

/** The object that is meant; one without a namespace is in whichever it is applied to. */
export function findBuilt(built: BuiltFolder, { kind, name, namespace }: WrittenObject): BuiltObject | undefined {
  return built.objects.find(({ object }) => {
    const { metadata } = object;
    return object.kind === kind && metadata.name === name && (metadata.namespace ?? namespace) === namespace;
  });
}
