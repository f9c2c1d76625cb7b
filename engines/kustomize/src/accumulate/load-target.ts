import { KustomizeError } from "../error.ts";
import type { Loader } from "../load/loader.ts";
import type { Kustomization } from "../model/kustomization.ts";
import { kustomizationFileNames, readKustomization } from "../model/read-kustomization.ts";
import type { BuildContext } from "./build-context.ts";
import type { Origin } from "./origin.ts";

/** A kustomization file that is loaded. */
export interface Target {
  readonly loader: Loader;
  readonly kustomization: Kustomization;
  /** The path of the file in the tree. */
  readonly file: string;
  readonly fileName: string;
  readonly context: BuildContext;
  /** Where the kustomization was found; kept only where `buildMetadata` asks for anything. */
  readonly origin: Origin | undefined;
  /** The namespace that charts get if nothing else says one. */
  readonly helmNamespace: string;
}

/** Loads the kustomization of a directory. @throws KustomizeError where there is none, or several */
export function loadTarget(
  loader: Loader,
  context: BuildContext,
): { kustomization: Kustomization; file: string; fileName: string } {
  context.budget.loadKustomization(loader.root);
  const names = kustomizationFileNames.filter((name) => loader.kindOf(name) === "file");
  const [fileName] = names;
  if (fileName === undefined) {
    const message = `unable to find one of 'kustomization.yaml', 'kustomization.yml' or 'Kustomization' in directory '${loader.root}'`;
    throw new KustomizeError(message, { position: { file: loader.root } });
  }
  if (names.length > 1) {
    throw new KustomizeError(`Found multiple kustomization files under: ${loader.root}`, {
      position: { file: loader.root },
    });
  }
  const { text, file } = loader.loadText(fileName);
  return { kustomization: readKustomization(text, file, loader.root, context.warn), file, fileName };
}

/** Hands the schema file of a kustomization to the build. @throws KustomizeError */
export function useOpenApi({
  kustomization: { openapi },
  loader,
  file,
  context,
}: Omit<Target, "origin" | "helmNamespace" | "fileName">): void {
  const { path, version } = openapi ?? {};
  const position = { position: { file, field: "openapi" } };
  if (path && version)
    throw new KustomizeError("builtin version and custom schema provided, cannot use both", position);
  if (version && version !== "v1.21.2")
    throw new KustomizeError("the specified OpenAPI version is not built in", position);
  if (path === undefined) return;
  const loaded = loader.loadText(path);
  context.schema.useFile(loaded.text, loaded.file);
}
