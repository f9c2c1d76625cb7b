/** Makes answers of two servers comparable: what differs from run to run is replaced by what it is. */
import { compareText, isObject, sortKeys, type Json, type JsonObject } from "@eddy/core/json";

/** A normalised answer. `body` is undefined where only the status counts. */
export interface Answer {
  status: number;
  type: string;
  warnings: string[];
  body?: Json;
}

const uuid = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g;
const time = /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z/g;
const masked: Readonly<Record<string, string>> = {
  resourceVersion: "<rv>",
  clusterIP: "<ip>",
  nodePort: "<port>",
  healthCheckNodePort: "<port>",
  continue: "<token>",
  token: "<token>",
  storageVersionHash: "<hash>",
  uid: "<uid>",
  credentialId: "<id>",
};

function maskText(text: string, namespace: string): string {
  return text
    .replaceAll(namespace, "{ns}")
    .replace(uuid, "<uid>")
    .replace(time, "<time>")
    .replace(/current: \d+/g, "current: <rv>")
    .replace(/JTI=<uid>/g, "<id>")
    .replace(/\b10\.0\.(?!0\.[01]\b)\d+\.\d+\b/g, "<ip>")
    .replace(/:3\d{4}\//g, ":<port>/");
}

function maskValue(value: Json, namespace: string, key = ""): Json {
  if (Array.isArray(value)) {
    if (key === "clusterIPs") return value.map((item) => (item === "None" ? item : "<ip>"));
    // Entries are ordered by time, which a second's boundary between two requests decides.
    const items = key === "managedFields" ? value.toSorted((a, b) => compareText(managerOf(a), managerOf(b))) : value;
    return items.map((item) =>
      key === "cells" && typeof item === "string" && age.test(item) ? "<age>" : maskValue(item, namespace),
    );
  }
  if (isObject(value)) return maskObject(value, namespace);
  const mask = masked[key];
  if (
    mask !== undefined &&
    value !== "None" &&
    value !== "" &&
    value !== null &&
    typeof value !== "object" &&
    value !== "10.0.0.0"
  )
    return mask;
  return typeof value === "string" ? maskText(value, namespace) : value;
}

const age = /^\d+s$/;

const managerOf = (entry: Json): string =>
  isObject(entry)
    ? JSON.stringify([entry["operation"], entry["manager"], entry["subresource"], entry["apiVersion"]])
    : "";

function maskObject(object: JsonObject, namespace: string): JsonObject {
  const result: JsonObject = {};
  // Columns of a table explain themselves in long texts that no client compares.
  const isColumn = typeof object["priority"] === "number" && typeof object["format"] === "string";
  for (const [key, value] of Object.entries(object)) {
    if (isColumn && key === "description") continue;
    const name = maskText(key, namespace);
    result[name] =
      key === "name" && typeof object["generateName"] === "string"
        ? "<generated>"
        : maskValue(value as Json, namespace, key);
  }
  return result;
}

function parseBody(text: string, namespace: string): Json {
  try {
    return sortKeys(maskValue(JSON.parse(text) as Json, namespace));
  } catch {
    // Several lines of JSON, or plain text.
  }
  const lines = text.split("\n").filter((line) => line !== "");
  try {
    return lines.map((line) => sortKeys(maskValue(JSON.parse(line) as Json, namespace)));
  } catch {
    return maskText(text, namespace);
  }
}

const list = (value: string | string[] | undefined): string[] =>
  value === undefined ? [] : Array.isArray(value) ? value : [value];

/** The answer without what a run decides. */
export function normaliseAnswer(
  answer: { status: number; headers: Readonly<Record<string, string | string[] | undefined>>; body: string },
  namespace: string,
  statusOnly: boolean,
): Answer {
  if (statusOnly) return { status: answer.status, type: "", warnings: [] };
  const warnings = list(answer.headers["warning"])
    .flatMap((text) => text.split(/, (?=299 - )/))
    .map((text) => maskText(text, namespace));
  return {
    status: answer.status,
    type: list(answer.headers["content-type"]).join(),
    warnings,
    body: parseBody(answer.body, namespace),
  };
}
