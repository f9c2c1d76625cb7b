import { isObject, type Json } from "@eddy/core/json";

/** Whether two JSON values are the same; whole numbers are, whether they are held as number or bigint. */
export function sameJson(left: Json | undefined, right: Json | undefined): boolean {
  if (Array.isArray(left)) {
    return (
      Array.isArray(right) && left.length === right.length && left.every((item, index) => sameJson(item, right[index]))
    );
  }
  if (isObject(left)) {
    if (!isObject(right)) return false;
    const keys = Object.keys(left);
    return (
      keys.length === Object.keys(right).length &&
      keys.every((key) => Object.hasOwn(right, key) && sameJson(left[key], right[key]))
    );
  }
  return left === right || (isNumeric(left) && isNumeric(right) && String(left) === String(right));
}

function isNumeric(value: Json | undefined): value is number | bigint {
  return typeof value === "number" || typeof value === "bigint";
}
