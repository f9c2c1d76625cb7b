import { EddyError, messageOf } from "@eddy/core/errors";
import type { KubeObject } from "@eddy/core/object";
import type { FileTree } from "@eddy/core/tree";
import { dumpDocuments } from "@eddy/goyaml";
import { Accumulator } from "./accumulate/accumulator.ts";
import type { BuildContext } from "./accumulate/build-context.ts";
import { loadTarget, type Target, useOpenApi } from "./accumulate/load-target.ts";
import { accumulateTarget } from "./accumulate/target.ts";
import { varValues } from "./accumulate/vars.ts";
import { BudgetError, BuildBudget } from "./budget.ts";
import { KustomizeError } from "./error.ts";
import { FileRecorder } from "./load/file-recorder.ts";
import { Loader } from "./load/loader.ts";
import { recordingTree } from "./load/recording-tree.ts";
import { isNilOrEmpty } from "./node/fields.ts";
import { type BuildOptions, type BuildResult, defaultBuildLimits, type Resource } from "./options.ts";
import { overlayKustomization, setCommonMetadata } from "./overlay.ts";
import { finishAnnotations } from "./resource/build-annotations.ts";
import type { BuildObject } from "./resource/build-object.ts";
import { checkMetadata } from "./resource/read-objects.ts";
import { OpenApiSchema } from "./schema/schema.ts";
import { hashNames } from "./transformers/hash.ts";
import { fixNameReferences } from "./transformers/name-references.ts";
import { setPairs } from "./transformers/set-pairs.ts";
import { sortObjects } from "./transformers/sort-order.ts";
import { expandVariables } from "./transformers/variables.ts";

/** The version of kustomize whose output this engine reproduces. */
export const kustomizeVersion = "v5.8.2";

/**
 * Builds the kustomization in the directory `path` of `tree` ("" is its root).
 * @throws KustomizeError BUILD_FAILED (retry) with file, line and field as far as known
 */
export function buildKustomization(tree: FileTree, path: string, options: BuildOptions = {}): BuildResult {
  return refusing(path, () => build(tree, path, options));
}

/** Lets nothing but KustomizeError out. */
function refusing<T>(path: string, step: () => T): T {
  try {
    return step();
  } catch (cause) {
    if (cause instanceof BudgetError && cause.position?.file === undefined) throw cause.in(path);
    if (cause instanceof KustomizeError) throw cause;
    if (cause instanceof RangeError)
      throw new KustomizeError(`build "${path}": something is nested too deeply`, { position: { file: path }, cause });
    if (cause instanceof EddyError)
      throw new KustomizeError(cause.message, { position: { file: path, ...cause.position }, cause });
    throw new KustomizeError(`build "${path}": ${messageOf(cause)}`, { position: { file: path }, cause });
  }
}

function build(tree: FileTree, path: string, options: BuildOptions): BuildResult {
  const limits = { ...defaultBuildLimits, ...options.limits };
  const budget = new BuildBudget(limits);
  const seen = new Set<string>();
  const source =
    options.overlay === undefined
      ? tree
      : overlayKustomization(recordingTree(tree, seen), path, options.overlay, budget);
  const warnings: string[] = [];
  const warn = (message: string): void => {
    warnings.push(message);
    options.onWarning?.(message);
  };
  const files = new FileRecorder(source, limits, seen);
  const restrictToRoot = (options.loadRestrictor ?? "root") === "root";
  const context: BuildContext = {
    load: { files, restrictToRoot, limits, budget, remote: options.remote, warn },
    schema: new OpenApiSchema(),
    helm: options.helm,
    budget,
    warn,
  };
  const objects = buildObjects(Loader.at(context.load, path), context, options);
  if (options.overlay?.commonMetadata !== undefined) setCommonMetadata(objects, options.overlay.commonMetadata);
  return resultOf(objects, files.files, warnings);
}

function buildObjects(loader: Loader, context: BuildContext, options: BuildOptions): readonly BuildObject[] {
  const loaded = loadTarget(loader, context);
  const { kustomization } = loaded;
  const metadata = kustomization.buildMetadata ?? [];
  const target: Target = {
    ...loaded,
    loader,
    context,
    origin: metadata.length > 0 ? {} : undefined,
    helmNamespace: "",
  };
  useOpenApi(target);
  const all = accumulateTarget(target, new Accumulator(context.budget));
  finish(all, context);
  if (kustomization.sortOptions !== undefined) sortObjects(kustomization.sortOptions)(all.objects);
  else if ((options.order ?? "legacy") === "legacy") sortObjects({ order: "legacy" })(all.objects);
  const managedBy =
    options.managedByLabel ?? (metadata.includes("managedByLabel") ? `kustomize-${kustomizeVersion}` : undefined);
  if (managedBy !== undefined) {
    setPairs({ "app.kubernetes.io/managed-by": managedBy }, [{ path: "metadata/labels", create: true }])(all.objects);
  }
  for (const object of all.objects.objects) finishAnnotations(object, metadata);
  return all.objects.objects;
}

/** What happens once, when everything is gathered: hashes, references, vars, and objects that only the build was to see. */
function finish(all: Accumulator, context: BuildContext): void {
  hashNames()(all.objects);
  fixNameReferences(all.config.nameReference)(all.objects);
  const values = varValues(all.vars, all.objects);
  if (values.size > 0) {
    const used = new Set<string>();
    expandVariables(values, all.config.varReference, used)(all.objects);
    const unused = [...values.keys()].filter((name) => !used.has(name));
    if (unused.length > 0) context.warn(`well-defined vars that were never replaced: ${unused.join(",")}`);
  }
  all.objects.reset(all.objects.objects.filter(isForCluster));
}

const localConfig = "config.kubernetes.io/local-config";

function isForCluster(object: BuildObject): boolean {
  if (isNilOrEmpty(object.node)) return false;
  checkMetadata(object.live, object.origin);
  const local = object.annotations().get(localConfig);
  return local === undefined || local === "false";
}

function resultOf(
  objects: readonly BuildObject[],
  files: ReadonlySet<string>,
  warnings: readonly string[],
): BuildResult {
  const resources = objects.map(resourceOf);
  let text: string | undefined;
  return {
    resources,
    files,
    warnings,
    text: () => {
      text ??= refusing("", () => dumpDocuments(objects.map((object) => object.toJson())));
      return text;
    },
  };
}

function resourceOf(built: BuildObject): Resource {
  let object: KubeObject | undefined;
  return {
    node: built.live,
    origin: built.origin,
    object: () => {
      object ??= built.toObject();
      return object;
    },
  };
}
