import type { KubeObject } from "@eddy/core/object";
import type { ResourceInfo } from "../resources/resource-info.ts";
import type { FieldError } from "../status-error.ts";

export function validateCustom(info: ResourceInfo, object: KubeObject, live: KubeObject | undefined): FieldError[] {
  void info; void object; void live;
  return [];
}
