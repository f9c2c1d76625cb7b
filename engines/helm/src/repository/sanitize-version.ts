import { isObject, type Json, type JsonObject } from "@eddy/core/json";
import { parseVersion } from "@eddy/core/semver";

const spaces = /[\t\n\v\f\r \u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]/g;
const unprintable = /[^\p{L}\p{M}\p{N}\p{P}\p{S} ]/gu;
const needsCare = /[^ -~]/;
const texts = ["name", "description", "home", "icon", "condition", "tags", "appVersion", "kubeVersion"];
const lists = ["sources", "keywords"];

/**
 * Whether an entry of an index can be used at all; others are left out without a word, as upstream does. On the way its texts
 * are freed of what is not printable, in place. Source: helm pkg/chart/v2 `Metadata.Validate`, source-controller
 * internal/helm/repository.
 */
export function sanitizeVersion(version: JsonObject): boolean {
  sanitizeMembers(version, texts, lists);
  const { name, version: number, type = "", maintainers = [], dependencies = [] } = version;
  if (typeof name !== "string" || name === "" || name === "." || name === ".." || name.includes("/")) return false;
  if (typeof number !== "string" || !isVersion(number)) return false;
  if (type !== "" && type !== "application" && type !== "library") return false;
  return every(maintainers, isMaintainer) && every(dependencies, isDependency);
}

function isMaintainer(value: Json): boolean {
  if (!isObject(value)) return false;
  sanitizeMembers(value, ["name", "email", "url"], []);
  return true;
}

function isDependency(value: Json): boolean {
  if (!isObject(value)) return false;
  sanitizeMembers(value, ["name", "version", "repository", "condition"], ["tags"]);
  const alias = value["alias"] ?? "";
  return typeof alias === "string" && (alias === "" || /^[a-zA-Z0-9_-]+$/.test(alias));
}

function every(value: Json | undefined, accept: (item: Json) => boolean): boolean {
  return !Array.isArray(value) || value.every(accept);
}

function isVersion(text: string): boolean {
  try {
    parseVersion(text);
    return true;
  } catch {
    return false;
  }
}

function sanitizeMembers(object: JsonObject, single: readonly string[], many: readonly string[]): void {
  for (const key of single) {
    const value = object[key];
    if (typeof value === "string" && needsCare.test(value)) object[key] = sanitizeText(value);
  }
  for (const key of many) {
    const value = object[key];
    if (Array.isArray(value)) object[key] = value.map((item) => (typeof item === "string" ? sanitizeText(item) : item));
  }
}

function sanitizeText(text: string): string {
  return needsCare.test(text) ? text.replace(spaces, " ").replace(unprintable, "") : text;
}
