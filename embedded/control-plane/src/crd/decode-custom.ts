/** Custom objects: typed metadata; unknown fields pruned and defaults filled in by the structural schema. */
import type { JsonObject } from "@eddy/core/json";
import { cloneJson, type KubeObject } from "@eddy/core/object";
import { readMeta } from "../rest/decode-object.ts";
import type { ResourceInfo } from "../resources/resource-info.ts";
import type { DecodeFindings } from "../types/decode-typed.ts";

export function decodeCustom(source: JsonObject, info: ResourceInfo, findings: DecodeFindings): KubeObject {
  void info;
  const { metadata, ...rest } = source;
  return { ...(cloneJson(rest) as JsonObject), metadata: readMeta(metadata, findings) } as unknown as KubeObject;
}
