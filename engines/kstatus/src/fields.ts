import { isObject } from "@eddy/core/json";
import { valueAt } from "@eddy/core/object";

/** A condition, as far as kstatus reads it. */
export interface BasicCondition {
  type: string;
  status: string;
  reason: string;
  message: string;
}

/** A whole number at a dotted path, or the fallback. */
export function intAt(object: unknown, path: string, fallback: number): number {
  const value = valueAt(object, ...path.split("."));
  return typeof value === "number" && Number.isInteger(value) ? value : fallback;
}

/** A text at a dotted path, or the fallback. */
export function textAt(object: unknown, path: string, fallback: string): string {
  const value = valueAt(object, ...path.split("."));
  return typeof value === "string" ? value : fallback;
}

/** `status.conditions`, missing parts as "". */
export function conditionsOf(object: unknown): BasicCondition[] {
  const conditions = valueAt(object, "status", "conditions");
  if (!Array.isArray(conditions)) return [];
  return conditions.filter(isObject).map((condition) => ({
    type: textAt(condition, "type", ""),
    status: textAt(condition, "status", ""),
    reason: textAt(condition, "reason", ""),
    message: textAt(condition, "message", ""),
  }));
}
