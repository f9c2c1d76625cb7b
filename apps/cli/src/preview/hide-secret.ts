import { isObject, type JsonObject } from "@eddy/core/json";
import type { KubeObject } from "@eddy/core/object";
import { sopsMask } from "./mask-encrypted.ts";

/** An object before and after a change. */
export interface Change {
  live: KubeObject;
  merged: KubeObject;
}

/**
 * A change of a Secret that can be shown: of values only whether they differ. Undefined where nothing can be told to differ,
 * because what was built has values that only SOPS can read and the keys are the same. Other objects are shown as they are.
 * Source: fluxcd/pkg ssa `SanitizeUnstructuredData`, fluxcd/flux2 2.9.5 internal/build `diffSopsSecret`.
 */
export function hideSecret(built: KubeObject, { live, merged }: Change): Change | undefined {
  if (built.kind !== "Secret" || !built.apiVersion.startsWith("v1")) return { live, merged };
  const [before, after] = [dataOf(live), dataOf(merged)];
  if (Object.values(dataOf(built)).some(isEncrypted)) {
    if (Object.keys(before).sort().join("\n") === Object.keys(after).sort().join("\n")) return undefined;
    return { live: withData(live, before, () => "*****"), merged: withData(merged, after, () => "*****") };
  }
  const mask = (name: string) => (key: string) => (isOther(before[key], after[key]) ? `*** (${name})` : "***");
  return { live: withData(live, before, mask("before")), merged: withData(merged, after, mask("after")) };
}

function isOther(before: unknown, after: unknown): boolean {
  return before !== undefined && after !== undefined && before !== after;
}

function isEncrypted(value: unknown): boolean {
  return typeof value === "string" && Buffer.from(value, "base64").includes(sopsMask);
}

function dataOf(object: KubeObject): JsonObject {
  return isObject(object["data"]) ? object["data"] : {};
}

function withData(object: KubeObject, data: JsonObject, mask: (key: string) => string): KubeObject {
  const hidden = {
    ...object,
    ...(object["data"] === undefined
      ? {}
      : { data: Object.fromEntries(Object.keys(data).map((key) => [key, mask(key)])) }),
  };
  // What kubectl applied last is a copy of the whole Secret.
  const applied = object.metadata.annotations?.[lastApplied];
  if (applied === undefined) return hidden;
  return {
    ...hidden,
    metadata: { ...object.metadata, annotations: { ...object.metadata.annotations, [lastApplied]: "***" } },
  };
}

const lastApplied = "kubectl.kubernetes.io/last-applied-configuration";
