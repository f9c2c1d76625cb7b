import type { Json } from "@eddy/core/json";
import { invalidType, type SchemaProblem } from "../problem.ts";
import type { SchemaNode } from "../schema-node.ts";
import { formatCheck } from "./formats.ts";

/** A value's JSON type and, for numbers, its format; as the API server infers them. */
export function typeOfValue(value: Json): { type: string; format: string } {
  if (value === null) return { type: "null", format: "" };
  if (typeof value === "boolean") return { type: "boolean", format: "" };
  if (typeof value === "string") return { type: "string", format: "" };
  if (Array.isArray(value)) return { type: "array", format: "" };
  if (typeof value === "object") return { type: "object", format: "" };
  return Number.isInteger(Number(value)) ? { type: "integer", format: "int64" } : { type: "number", format: "float64" };
}

/** The schema's format as far as it is checked: unknown ones, and those of other types, are ignored. */
export function checkedFormat(node: SchemaNode): string {
  const format = typeof node.raw.format === "string" ? node.raw.format : "";
  if (format === "" || node.types.length > 1) return "";
  switch (node.types[0]) {
    case undefined:
    case "string":
      return formatCheck(format) === undefined ? "" : format;
    case "integer":
      return format === "int32" || format === "int64" ? format : "";
    case "number":
      return format === "float" || format === "double" ? format : "";
    default:
      return "";
  }
}

/** Whether a value has one of the schema's types; words as kube-openapi `validate/type.go`. */
export function checkType(node: SchemaNode, value: Json, name: string, field: string): SchemaProblem | undefined {
  const { types } = node;
  const wrong = (wanted: string, found: string): SchemaProblem => {
    return invalidType(field, found, `${name} in body must be of type ${wanted}: "${found}"`);
  };
  if (value === null) {
    return types.length > 0 && !node.nullable && !types.includes("null") ? wrong(types.join(","), "null") : undefined;
  }
  const wantedFormat = checkedFormat(node);
  if (types.length === 0) return undefined;
  const { type, format } = typeOfValue(value);
  const fits = types.includes(type) || (type === "integer" && types.includes("number"));
  const hasNumbers = types.includes("number") || types.includes("integer");
  const isTextual = typeof value === "string" || Array.isArray(value);
  if (wantedFormat !== "" && !isTextual && !fits && format !== wantedFormat) return wrong(wantedFormat, format);
  if (wantedFormat !== "" && isTextual && !hasNumbers) return undefined;
  return fits ? undefined : wrong(types.join(","), type);
}
