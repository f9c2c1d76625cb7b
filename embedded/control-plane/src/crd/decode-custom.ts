/** Custom objects: typed metadata; unknown fields pruned and defaults filled in by the structural schema. */
import type { JsonObject } from "@eddy/core/json";
import type { KubeObject } from "@eddy/core/object";
import { readMeta } from "../rest/decode-object.ts";
import type { ResourceInfo } from "../resources/resource-info.ts";
import type { DecodeFindings } from "../types/decode-typed.ts";
import { validatorOf } from "./validators.ts";

/** The object as stored. What is unchanged of `source` is shared with it; only metadata is fresh. */
export function decodeCustom(source: JsonObject, info: ResourceInfo, findings: DecodeFindings): KubeObject {
  const validator = validatorOf(info);
  const pruned = validator.prune(source);
  if (pruned !== source)
    for (const path of validator.unknownFields(source)) findings.unknown.push(`unknown field ${JSON.stringify(path)}`);
  const defaulted = validator.applyDefaults(pruned);
  return { ...defaulted, metadata: readMeta(source["metadata"], findings) } as unknown as KubeObject;
}
