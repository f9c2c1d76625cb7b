import { messageOf } from "@eddy/core/errors";
import { BudgetError, stepsPerObject } from "../budget.ts";
import { parseCrdConfig } from "../config/crds.ts";
import {
  defaultConfig,
  emptyConfig,
  mergeConfigs,
  parseTransformerConfig,
  stepsToMerge,
  type TransformerConfig,
} from "../config/transformer-config.ts";
import { KustomizeError } from "../error.ts";
import { generateConfigMap, generateSecret, mergeGeneratorOptions } from "../generators/generate.ts";
import { isFileUrl, type Loader } from "../load/loader.ts";
import { parseRepositoryUrl } from "../load/repository-url.ts";
import type { GeneratorArgs, Kustomization } from "../model/kustomization.ts";
import type { BuildObject } from "../resource/build-object.ts";
import { readObjects } from "../resource/read-objects.ts";
import { Accumulator } from "./accumulator.ts";
import { within } from "./build-context.ts";
import { builtInTransformers, type NamedTransformer } from "./built-in-transformers.ts";
import { positionOfEntry } from "./entry-position.ts";
import { renderHelmChart } from "./helm.ts";
import { addOrigin, addTransformation, annotateOrigin, appendToOrigin, builtInOrigin, pluginOrigin } from "./origin.ts";
import { generatedBy, transformerOf } from "./plugins.ts";
import { loadTarget, type Target, useOpenApi } from "./load-target.ts";
import { validate } from "./validate.ts";
import { addVars } from "./vars.ts";

/** Gathers what a kustomization asks for, into the accumulator that is given. @throws KustomizeError */
export function accumulateTarget(target: Target, into: Accumulator): Accumulator {
  const { kustomization, file } = target;
  let all = within("accumulating resources", file, () => accumulatePaths(target, into, kustomization.resources ?? []));
  all.addConfig(mergeConfigs(defaultConfig, readConfigs(target, "configurations")));
  all.addConfig(readConfigs(target, "crds"));
  runGenerators(target, all);
  all = within("accumulating components", file, () => accumulateComponents(target, all));
  runTransformers(target, all);
  runValidators(target, all);
  addVars(all.vars, kustomization.vars ?? [], all.objects);
  return all;
}

function readConfigs({ kustomization, loader, context }: Target, field: "configurations" | "crds"): TransformerConfig {
  const parse = field === "crds" ? parseCrdConfig : parseTransformerConfig;
  let config = emptyConfig;
  for (const path of kustomization[field] ?? []) {
    const { text, file } = loader.loadText(path);
    const read = parse(text, file, context.budget);
    context.budget.step(stepsToMerge(config, read), file);
    config = mergeConfigs(config, read);
  }
  return config;
}

function accumulatePaths(target: Target, into: Accumulator, paths: readonly string[]): Accumulator {
  let all = into;
  for (const path of paths) all = accumulatePath(target, all, path);
  return all;
}

function accumulatePath(target: Target, into: Accumulator, path: string): Accumulator {
  const { loader, file } = target;
  const isUrl = isFileUrl(path);
  const kind = isUrl ? undefined : loader.kindOf(path);
  if (kind === "file" || (isUrl && parseRepositoryUrl(path) === undefined)) {
    accumulateFile(target, into, path);
    return into;
  }
  if (isUrl && target.context.load.remote !== undefined) return accumulateUrl(target, into, path);
  return within(`accumulating resources from '${path}'`, file, () => accumulateDirectory(target, into, path, false));
}

/** Upstream takes a URL for a file first, and for a repository when that fails: forges show pages where repositories are. */
function accumulateUrl(target: Target, into: Accumulator, path: string): Accumulator {
  const { loader, file } = target;
  const refused = failureOf(() => accumulateFile(target, into, path));
  if (refused === undefined) return into;
  const isFile = failureOf(() => loader.loadBytes(path)) === undefined;
  if (isFile && failureOf(() => loader.open(path)) !== undefined) throw refused;
  return within(`accumulation err='${refused.message}'`, file, () => accumulateDirectory(target, into, path, false));
}

function failureOf(step: () => void): Error | undefined {
  try {
    step();
    return undefined;
  } catch (error) {
    return error instanceof Error ? error : new Error(messageOf(error));
  }
}

function accumulateFile({ loader, context, file, origin }: Target, into: Accumulator, path: string): void {
  const objects = within(`accumulating resources from '${path}'`, file, () => {
    const loaded = loader.loadText(path);
    return readObjects(loaded.text, loaded.file, context);
  });
  if (origin !== undefined) for (const object of objects) annotateOrigin(object, appendToOrigin(origin, path));
  within(`merging resources from '${path}'`, file, () => into.objects.appendAll(objects));
}

function accumulateComponents(target: Target, into: Accumulator): Accumulator {
  let all = into;
  for (const path of target.kustomization.components ?? []) all = accumulateDirectory(target, all, path, true);
  return all;
}

function accumulateDirectory(parent: Target, into: Accumulator, path: string, isComponent: boolean): Accumulator {
  const loader = openEntry(parent, path);
  return inRepository(loader, () => accumulateLoaded(parent, into, path, loader, isComponent));
}

/** Opens a directory that a kustomization names; what refuses it stands in that kustomization's file. */
function openEntry(target: Target, path: string): Loader {
  try {
    return target.loader.open(path);
  } catch (cause) {
    if (!(cause instanceof KustomizeError)) throw cause;
    const hint = cause.hint === undefined ? {} : { hint: cause.hint };
    throw new KustomizeError(cause.message, { position: positionOfEntry(target, path), cause, ...hint });
  }
}

/** Says in which repository the file at fault is, where it is not in the tree of the build. */
function inRepository<T>({ url = "" }: Loader, step: () => T): T {
  try {
    return step();
  } catch (cause) {
    const repository = parseRepositoryUrl(url)?.repository;
    if (repository === undefined || !(cause instanceof KustomizeError) || cause.remote) throw cause;
    const { file = "", ...place } = cause.position ?? {};
    const hint = cause.hint === undefined ? {} : { hint: cause.hint };
    const position = { ...place, file: `${repository}//${file}` };
    throw new KustomizeError(cause.message, { position, cause, remote: true, ...hint });
  }
}

function accumulateLoaded(
  parent: Target,
  into: Accumulator,
  path: string,
  loader: Loader,
  isComponent: boolean,
): Accumulator {
  const { context } = parent;
  const loaded = within(`couldn't make target for path '${loader.root}'`, loader.root, () =>
    loadTarget(loader, context),
  );
  const kustomization = { ...loaded.kustomization };
  if (parent.kustomization.buildMetadata === undefined) delete kustomization.buildMetadata;
  else kustomization.buildMetadata = parent.kustomization.buildMetadata;
  const target: Target = {
    ...loaded,
    kustomization,
    loader,
    context,
    origin: parent.origin === undefined ? undefined : appendToOrigin(parent.origin, path),
    helmNamespace: parent.kustomization.namespace || parent.helmNamespace,
  };
  useOpenApi(target);
  requireKind(target, isComponent);
  const gathered = within(`recursed accumulation of path '${loader.root}'`, target.file, () =>
    accumulateTarget(target, isComponent ? into : new Accumulator(context.budget)),
  );
  const all = isComponent ? new Accumulator(context.budget) : into;
  within(`recursed merging from path '${loader.root}'`, target.file, () => all.merge(gathered));
  return all;
}

function requireKind({ kustomization: { kind = "" }, loader, file }: Target, isComponent: boolean): void {
  if (isComponent === (kind === "Component")) return;
  const wanted = isComponent
    ? `expected kind 'Component' for path '${loader.root}' but got '${kind}'`
    : `expected kind != 'Component' for path '${loader.root}'`;
  throw new KustomizeError(wanted, { position: { file, field: "kind" } });
}

function runGenerators(target: Target, all: Accumulator): void {
  const { kustomization, file } = target;
  const run = (kind: string, make: () => BuildObject[]): void => {
    const objects = within(`run the ${kind}`, file, make);
    const { origin, fileName } = target;
    if (origin !== undefined) for (const object of objects) addOrigin(object, builtInOrigin(origin, fileName, kind));
    within(`merging from generator ${kind}`, file, () => all.absorb(objects));
  };
  const generator = { loader: target.loader, schema: target.context.schema, origin: file };
  const plugins = loadPlugins(target, kustomization.generators ?? []);
  for (const args of kustomization.configMapGenerator ?? []) {
    run("ConfigMapGenerator", () => [generateConfigMap(withOptions(args, kustomization), generator)]);
  }
  for (const args of kustomization.secretGenerator ?? []) {
    run("SecretGenerator", () => [generateSecret(withOptions(args, kustomization), generator)]);
  }
  for (const chart of kustomization.helmCharts ?? [])
    run("HelmChartInflationGenerator", () => renderChart(target, chart));
  for (const plugin of plugins) runPlugin(target, all, plugin);
}

function runPlugin(target: Target, all: Accumulator, plugin: BuildObject): void {
  const objects = generatedBy(plugin, target.loader, target.context);
  const origin = pluginOrigin(plugin);
  if (origin !== undefined) for (const object of objects) addOrigin(object, origin);
  within(`merging from generator ${plugin.kind}`, target.file, () => all.absorb(objects));
}

function withOptions(args: GeneratorArgs, { generatorOptions }: Kustomization): GeneratorArgs {
  const options = mergeGeneratorOptions(args.options, generatorOptions);
  return options === undefined ? args : { ...args, options };
}

function renderChart(target: Target, chart: Record<string, unknown>): BuildObject[] {
  const { kustomization, loader, context, file, helmNamespace } = target;
  const namespace = chart["namespace"] || kustomization.namespace || helmNamespace;
  const entry = { ...kustomization.helmGlobals, ...chart, ...(namespace ? { namespace } : {}) };
  return readObjects(renderHelmChart(entry, loader, context.helm, file), file, context);
}

/** Configurations of plugins: inline, in files, or built by other kustomizations. */
function loadPlugins(target: Target, entries: readonly string[]): readonly BuildObject[] {
  if (entries.length === 0) return [];
  const all = new Accumulator(target.context.budget);
  const paths: string[] = [];
  for (const entry of entries) {
    const inline = readInline(target, entry);
    if (inline === undefined) paths.push(entry);
    else all.objects.appendAll(inline);
  }
  return accumulatePaths(target, all, paths).objects.objects;
}

function readInline({ context, file, origin, fileName }: Target, text: string): BuildObject[] | undefined {
  try {
    const objects = readObjects(text, file, context);
    if (origin !== undefined) for (const object of objects) annotateOrigin(object, appendToOrigin(origin, fileName));
    return objects;
  } catch (cause) {
    if (cause instanceof KustomizeError && !(cause instanceof BudgetError) && !text.includes("\n")) return undefined;
    throw cause;
  }
}

function runTransformers(target: Target, all: Accumulator): void {
  const { kustomization, loader, file, context, origin, fileName } = target;
  const own = within("run the transformers", file, () =>
    builtInTransformers(kustomization, all.config, { loader, schema: context.schema, budget: context.budget, file }),
  );
  const external = loadPlugins(target, kustomization.transformers ?? []).map((plugin) => ({
    run: transformerOf(plugin, loader),
    origin: pluginOrigin(plugin),
  }));
  const builtIn = own.map(({ kind, run }: NamedTransformer) => ({
    run,
    origin: origin === undefined ? undefined : builtInOrigin(origin, fileName, kind),
  }));
  for (const transformer of [...builtIn, ...external]) {
    const { origin: by } = transformer;
    positioned(file, () => {
      for (const { previous } of all.objects.objects) context.budget.step(stepsPerObject + previous.length);
      transformer.run(all.objects);
      if (by === undefined) return;
      for (const object of all.objects.objects)
        if (object.node !== undefined) addTransformation(object, by, context.budget);
    });
    all.objects.dropEmpty();
  }
}

/** Says which kustomization was at work where an error does not say a file. */
function positioned(file: string, step: () => void): void {
  try {
    step();
  } catch (cause) {
    if (!(cause instanceof KustomizeError) || cause.position?.file !== undefined) throw cause;
    const { message, position, hint } = cause;
    throw new KustomizeError(message, {
      position: { ...position, file },
      ...(hint === undefined ? {} : { hint }),
      cause,
    });
  }
}

function runValidators(target: Target, all: Accumulator): void {
  for (const plugin of loadPlugins(target, target.kustomization.validators ?? [])) {
    validate(all, plugin, transformerOf(plugin, target.loader), target.file);
  }
}
