import type { Node } from "@eddy/goyaml";
import { stepsPerObject } from "../budget.ts";
import { KustomizeError } from "../error.ts";
import type { VarEntry } from "../model/kustomization.ts";
import { lookup } from "../node/lookup.ts";
import { splitFieldPath } from "../node/path.ts";
import { parseGroupVersion, sameGvk } from "../resid/gvk.ts";
import { type ResId, sameId } from "../resid/res-id.ts";
import type { ObjectSet } from "../resource/object-set.ts";
import type { VarValue } from "../transformers/variables.ts";

/** Vars by name. */
export type VarSet = Map<string, VarEntry>;

/** Adds vars, marking the objects that they read from. @throws KustomizeError for names that exist and ambiguous objects */
export function addVars(vars: VarSet, incoming: readonly VarEntry[], objects: ObjectSet): void {
  for (const entry of incoming) markObject(entry, objects);
  mergeVars(vars, incoming);
}

/** Adds vars. @throws KustomizeError for names that exist */
export function mergeVars(vars: VarSet, incoming: Iterable<VarEntry>): void {
  for (const entry of incoming) {
    const name = entry.name ?? "";
    if (vars.has(name)) throw refused(`var '${name}' already encountered`);
    vars.set(name, entry);
  }
}

function refused(message: string): KustomizeError {
  return new KustomizeError(message, { position: { field: "vars" } });
}

function markObject(entry: VarEntry, objects: ObjectSet): void {
  const wanted = idOf(entry);
  const matches = (id: ResId): boolean =>
    wanted.namespace === "" ? id.name === wanted.name && sameGvk(id, wanted) : sameId(wanted, id);
  const candidates = objects.withAnyName(wanted.name);
  objects.budget.step(candidates.length * stepsPerObject);
  const found = candidates.filter((object) => object.allIds().some(matches));
  const [object] = found;
  if (found.length > 1) {
    throw refused(`found ${found.length} resId matches for var ${entry.name ?? ""} (unable to disambiguate)`);
  }
  if (object === undefined) return;
  objects.budget.step(object.varNames.length);
  object.varNames = [...object.varNames, entry.name ?? ""];
}

function idOf({ objref = {} }: VarEntry): ResId {
  const gv = parseGroupVersion(objref.apiVersion ?? "");
  const { group = "", version = "", kind = "", name = "", namespace = "" } = objref;
  return { group: gv.group || group, version: gv.version || version, kind, name, namespace, clusterScoped: false };
}

/** The values of vars. @throws KustomizeError where the object or the field is missing */
export function varValues(vars: VarSet, objects: ObjectSet): Map<string, VarValue> {
  const values = new Map<string, VarValue>();
  for (const name of [...vars.keys()].sort()) {
    const object = objects.objects.find(({ varNames }) => {
      objects.budget.step(1 + varNames.length);
      return varNames.includes(name);
    });
    if (object === undefined) {
      throw refused(`var '${name}' cannot be mapped to a field in the set of known resources`);
    }
    const path = vars.get(name)?.fieldref?.fieldPath || "metadata.name";
    const node = lookup(object.live, indexSteps(splitFieldPath(path)));
    if (node === undefined)
      throw refused(`field specified in var '${name}' not found in corresponding resource: "${path}"`);
    values.set(name, valueOf(node));
  }
  return values;
}

/** `containers[0]` becomes two steps. */
function indexSteps(steps: readonly string[]): string[] {
  return steps.flatMap((step) => {
    const groups = /^(.*)\[(\d+)\]$/.exec(step);
    if (groups === null) return [step];
    const [, name = "", index = ""] = groups;
    return name === "" ? [index] : [name, index];
  });
}

function valueOf(node: Node): VarValue {
  if (node.kind !== "scalar") return { type: "other" };
  const { tag, value } = node;
  if (tag === "!!int") {
    if (!/^[+-]?[0-9]+$/.test(value)) throw refused(`the value "${value}" of a var is no integer`);
    return { type: "integer", text: BigInt(value).toString() };
  }
  if (tag === "!!float") return { type: "float", text: decimal(Number(value)) };
  if (tag === "!!bool") return { type: "boolean", text: String(/^t/i.test(value)) };
  return { type: "string", text: value };
}

/** Go's format 'f' with the fewest digits. */
function decimal(value: number): string {
  const text = String(value);
  if (!text.includes("e")) return text;
  if (Math.abs(value) >= 1) return BigInt(value).toString();
  const [mantissa = "", exponent = "0"] = text.split("e");
  const sign = mantissa.startsWith("-") ? "-" : "";
  return `${sign}0.${"0".repeat(-Number(exponent) - 1)}${mantissa.replace(/[-.]/g, "")}`;
}
