import { compareText } from "@eddy/core/json";
import { makeNode, type Node } from "@eddy/goyaml";
import { sizeOfNode } from "../budget.ts";
import { KustomizeError } from "../error.ts";
import type { Loader } from "../load/loader.ts";
import type { GeneratorArgs, GeneratorOptions } from "../model/kustomization.ts";
import { plainScalar } from "../node/fields.ts";
import { lookup } from "../node/lookup.ts";
import { setField, stringScalar } from "../node/set-field.ts";
import { behaviorOf } from "../resource/build-annotations.ts";
import { BuildObject } from "../resource/build-object.ts";
import type { OpenApiSchema } from "../schema/schema.ts";
import { addConfigMapData, addSecretData } from "./data.ts";
import { readKeyValues } from "./key-values.ts";

/** What a generator works with. */
export interface GeneratorContext {
  loader: Loader;
  schema: OpenApiSchema;
  /** The kustomization or plugin that asks. */
  origin: string;
}

/** Makes a ConfigMap. @throws KustomizeError */
export function generateConfigMap(args: GeneratorArgs, context: GeneratorContext): BuildObject {
  const node = baseNode("ConfigMap", args);
  addConfigMapData(node, readKeyValues(context.loader, args));
  return finish(node, args, context);
}

/** Makes a Secret. @throws KustomizeError */
export function generateSecret(args: GeneratorArgs, context: GeneratorContext): BuildObject {
  const node = baseNode("Secret", args);
  setField(node, "type", stringScalar(args.type || "Opaque"));
  addSecretData(node, readKeyValues(context.loader, args));
  return finish(node, args, context);
}

function baseNode(kind: string, { name, namespace }: GeneratorArgs): Node {
  if (!name) throw new KustomizeError("a configmap must have a name", { position: { field: "name" } });
  const node = makeNode("mapping", "!!map");
  setField(node, "apiVersion", makeNode("scalar", "!!str", "v1"));
  setField(node, "kind", makeNode("scalar", "!!str", kind));
  const metadata = lookup(node, ["metadata"], "mapping");
  if (metadata === undefined) return node;
  setField(metadata, "name", stringScalar(name));
  if (namespace) setField(metadata, "namespace", stringScalar(namespace));
  return node;
}

function finish(node: Node, { options, behavior }: GeneratorArgs, context: GeneratorContext): BuildObject {
  for (const field of ["labels", "annotations"] as const) setPairs(node, field, options);
  if (options?.immutable) setField(node, "immutable", makeNode("scalar", "!!bool", "true"));
  context.loader.context.budget.write(sizeOfNode(node));
  const object = new BuildObject(node, context.schema, context.origin);
  object.needsHash = !options?.disableNameSuffixHash;
  object.behavior = behaviorOf(behavior);
  return object;
}

function setPairs(node: Node, field: "labels" | "annotations", options: GeneratorOptions | undefined): void {
  const pairs = options?.[field] ?? {};
  for (const key of Object.keys(pairs).sort(compareText)) {
    const mapping = lookup(node, ["metadata", field], "mapping");
    if (mapping !== undefined)
      setField(mapping, key, { ...stringScalar(pairs[key] ?? ""), style: { quote: "single" } });
  }
}

/** Options with those of the kustomization behind them: own labels win, `true` of either counts. */
export function mergeGeneratorOptions(
  local: GeneratorOptions | undefined,
  global: GeneratorOptions | undefined,
): GeneratorOptions | undefined {
  if (global === undefined) return local;
  const merged: GeneratorOptions = { ...local };
  if (local?.labels || global.labels) merged.labels = { ...global.labels, ...local?.labels };
  if (local?.annotations || global.annotations) merged.annotations = { ...global.annotations, ...local?.annotations };
  if (global.disableNameSuffixHash) merged.disableNameSuffixHash = true;
  if (global.immutable) merged.immutable = true;
  return merged;
}

/** A service account for Google's workload identity, as the `IAMPolicyGenerator` makes it. @throws KustomizeError for other clouds */
export function generateIamPolicy(config: IamPolicyConfig, context: GeneratorContext): BuildObject {
  const { cloud = "", kubernetesService, serviceAccount } = config;
  if (cloud !== "gke")
    throw new KustomizeError(`cloud provider ${cloud} not supported yet`, { position: { field: "cloud" } });
  const node = makeNode("mapping", "!!map");
  setField(node, "apiVersion", plainScalar("v1"));
  setField(node, "kind", plainScalar("ServiceAccount"));
  const annotations = lookup(node, ["metadata", "annotations"], "mapping");
  const metadata = lookup(node, ["metadata"], "mapping");
  if (annotations === undefined || metadata === undefined) return new BuildObject(node, context.schema, context.origin);
  const account = `${serviceAccount?.name ?? ""}@${serviceAccount?.projectId ?? ""}.iam.gserviceaccount.com`;
  setField(annotations, "iam.gke.io/gcp-service-account", plainScalar(account));
  setField(metadata, "name", plainScalar(kubernetesService?.name ?? ""));
  if (kubernetesService?.namespace) setField(metadata, "namespace", plainScalar(kubernetesService.namespace));
  return new BuildObject(node, context.schema, context.origin);
}

/** Configuration of the `IAMPolicyGenerator`. */
export interface IamPolicyConfig {
  cloud?: string;
  kubernetesService?: { name?: string; namespace?: string };
  serviceAccount?: { name?: string; projectId?: string };
}
