import { applyStrategicMergePatch, type ResolveRef } from "@eddy/merge";
import { deepEqual, isObject, type Json, type JsonObject } from "@eddy/core/json";
import type { GoOracle } from "../go-oracle.ts";
import type { Random } from "../random.ts";
import type { Report } from "../suite.ts";
import type { Answer } from "./ownership.ts";
import { attempt } from "./patches.ts";

const kinds: Record<string, string> = {
  Deployment: "io.k8s.api.apps.v1.Deployment",
  Service: "io.k8s.api.core.v1.Service",
  Pod: "io.k8s.api.core.v1.Pod",
};
/** The fields that patches meet in; all others are left out. */
const fields = new Set(
  `metadata spec status name labels annotations finalizers ownerReferences uid controller containers initContainers volumes image
  command args env value ports containerPort protocol hostPort volumeMounts mountPath readOnly subPath imagePullSecrets hostAliases ip
  hostnames nodeSelector tolerations key effect configMap secret emptyDir items secretName strategy type rollingUpdate template
  replicas selector matchLabels port targetPort conditions message externalIPs topologySpreadConstraints topologyKey
  whenUnsatisfiable maxSkew resources limits lifecycle`.split(/\s+/),
);
const texts = ["x", "y", "z"];

interface Known {
  resolveRef: ResolveRef;
  random: Random;
}

function resolved({ resolveRef }: Known, schema: JsonObject): JsonObject {
  const [only] = Array.isArray(schema.allOf) ? schema.allOf : [];
  const ref = schema.$ref ?? (isObject(only) ? only.$ref : undefined);
  if (typeof ref !== "string" || ref.endsWith(".Quantity") || ref.endsWith(".IntOrString")) return schema;
  const target = resolveRef(ref);
  return target === undefined ? schema : { ...schema, ...target };
}

function randomDocument(known: Known, schema: JsonObject, depth: number): Json {
  const { random } = known;
  const type = resolved(known, schema);
  if (type.type === "object") return isObject(type.properties) ? randomStruct(known, type, depth) : randomTexts(random);
  if (type.type === "array") return randomList(known, type, depth);
  if (type.type === "integer") return random.below(3);
  if (type.type === "boolean") return random.chance(0.5);
  return random.pick(texts);
}

function randomTexts(random: Random): JsonObject {
  return Object.fromEntries(texts.filter(() => random.chance(0.4)).map((name) => [name, random.pick(texts)]));
}

function randomStruct(known: Known, type: JsonObject, depth: number): JsonObject {
  const properties = type.properties as Record<string, JsonObject>;
  const names = Object.keys(properties).filter((name) => fields.has(name));
  const wanted = depth < 2 ? 0.7 : 2.5 / Math.max(names.length, 3);
  const result: JsonObject = {};
  for (const name of names) {
    if (depth < 9 && known.random.chance(wanted))
      result[name] = randomDocument(known, properties[name] as JsonObject, depth + 1);
  }
  return result;
}

function randomList(known: Known, type: JsonObject, depth: number): Json[] {
  const key = type["x-kubernetes-patch-merge-key"] as string | undefined;
  const items = Array.from({ length: known.random.below(4) }, () => {
    const item = randomDocument(known, type.items as JsonObject, depth + 1);
    if (!isObject(item) || key === undefined) return item;
    const isNumber = key === "port" || key === "containerPort";
    return { ...item, [key]: isNumber ? 80 + known.random.below(3) : known.random.pick(texts) };
  });
  const seen = new Set<unknown>();
  return items.filter((item) => {
    const identity = isObject(item) && key !== undefined ? item[key] : item;
    if (seen.has(identity) && (!isObject(item) || known.random.chance(0.9))) return false;
    seen.add(identity);
    return true;
  });
}

/** Puts directives and nulls into a document, so that it becomes a patch. */
function intoPatch(known: Known, schema: JsonObject, value: Json, original: Json | undefined): Json {
  const { random } = known;
  const type = resolved(known, schema);
  if (Array.isArray(value)) return intoListPatch(known, type, value, original);
  if (!isObject(value) || !isObject(type.properties)) return value;
  const properties = type.properties as Record<string, JsonObject>;
  const before = isObject(original) ? original : {};
  const result: JsonObject = {};
  for (const name in value) {
    const property = properties[name] as JsonObject;
    result[name] = random.chance(0.06) ? null : intoPatch(known, property, value[name] as Json, before[name]);
    if (Array.isArray(value[name])) addListDirectives(random, property, name, result, before);
  }
  if (random.chance(0.05))
    result.$retainKeys = random.shuffle([...Object.keys(value), ...Object.keys(before)]).slice(random.below(2));
  if (random.chance(0.04)) result.$patch = random.pick(["replace", "delete", "merge"]);
  return result;
}

function intoListPatch(known: Known, type: JsonObject, value: readonly Json[], original: Json | undefined): Json[] {
  const { random } = known;
  const key = type["x-kubernetes-patch-merge-key"] as string | undefined;
  const before = Array.isArray(original) ? original : [];
  return value.map((item) => {
    if (key === undefined || !isObject(item)) return item;
    if (random.chance(0.12)) return { $patch: "delete", [key]: item[key] as Json };
    if (random.chance(0.03)) return { $patch: "replace" };
    const current = before.find((other) => isObject(other) && other[key] === item[key]);
    const patched = intoPatch(known, type.items as JsonObject, item, current) as JsonObject;
    return { ...patched, [key]: item[key] };
  });
}

function addListDirectives(
  random: Random,
  property: JsonObject,
  name: string,
  result: JsonObject,
  before: JsonObject,
): void {
  const key = property["x-kubernetes-patch-merge-key"] as string | undefined;
  const current = Array.isArray(before[name]) ? before[name] : [];
  const wanted = Array.isArray(result[name]) ? result[name] : [];
  const isOfTexts = typeof (wanted[0] ?? current[0]) === "string";
  if (isOfTexts && random.chance(0.3))
    result[`$deleteFromPrimitiveList/${name}`] = texts.filter((text) => !wanted.includes(text) && random.chance(0.4));
  if (!random.chance(0.35) || !(isOfTexts || key !== undefined)) return;
  const identities = [...wanted, ...current.filter(() => random.chance(0.6))]
    .filter((item) => !isObject(item) || item.$patch === undefined)
    .map((item) => (isObject(item) && key !== undefined ? item[key] : item));
  const order = [...new Set(random.chance(0.2) ? random.shuffle(identities) : identities)] as Json[];
  result[`$setElementOrder/${name}`] = key === undefined ? order : order.map((identity) => ({ [key]: identity }));
  if (random.chance(0.1)) delete result[name];
}

/** One random strategic merge patch of a Pod, Service or Deployment. */
export async function compareStrategicMerge(
  random: Random,
  oracle: GoOracle,
  report: Report,
  name: string,
  resolveRef: ResolveRef,
): Promise<void> {
  const kind = random.pick(Object.keys(kinds));
  const schema = resolveRef(`#/components/schemas/${kinds[kind]}`) as JsonObject;
  const known: Known = { resolveRef, random };
  const doc = randomDocument(known, schema, 0) as JsonObject;
  const patch = intoPatch(known, schema, randomDocument(known, schema, 0), doc) as JsonObject;
  const kept = JSON.stringify([doc, patch]);
  const ours = attempt(() => applyStrategicMergePatch(doc, patch, schema, resolveRef));
  const theirs = await oracle.ask<Answer>({ op: "strategic", struct: kind, doc, patch });
  if (theirs.panicked) return report.skip(name, "the original panics");
  const refused = (ours.error === undefined) !== (theirs.error === undefined);
  if (!refused && deepEqual(ours.object ?? null, theirs.object ?? null) && JSON.stringify([doc, patch]) === kept)
    report.pass(name);
  else report.fail(name, JSON.stringify({ kind, doc, patch, ours, theirs }));
}
