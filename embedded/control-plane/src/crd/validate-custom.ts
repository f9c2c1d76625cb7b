/** Custom objects against their structural schema and its rules. */
import type { JsonObject } from "@eddy/core/json";
import type { KubeObject } from "@eddy/core/object";
import type { ResourceInfo } from "../resources/resource-info.ts";
import type { FieldError } from "../status-error.ts";
import { validatorOf } from "./validators.ts";

/** Errors of a custom object; none for built-in kinds. With `live`, what did not change is not blamed. */
export function validateCustom(info: ResourceInfo, object: KubeObject, live: KubeObject | undefined): FieldError[] {
  if (!info.custom) return [];
  return validatorOf(info).validate(object as JsonObject, live as JsonObject | undefined);
}
