import type { Json, JsonObject } from "@eddy/core/json";
import { textOf } from "../decode/decode-value.ts";
import type { ChartDependency, ChartLock, ChartMaintainer, ChartMetadata } from "./chart.ts";

/** The metadata out of decoded data: absent fields are empty, and nothing is judged. */
export function metadataOf(data: JsonObject): ChartMetadata {
  return {
    name: textOf(data, "name"),
    home: textOf(data, "home"),
    sources: textsOf(data["sources"]),
    version: textOf(data, "version"),
    description: textOf(data, "description"),
    keywords: textsOf(data["keywords"]),
    maintainers: listOf(data["maintainers"]).map(maintainerOf),
    icon: textOf(data, "icon"),
    apiVersion: textOf(data, "apiVersion"),
    condition: textOf(data, "condition"),
    tags: textOf(data, "tags"),
    appVersion: textOf(data, "appVersion"),
    deprecated: data["deprecated"] === true,
    annotations: (data["annotations"] ?? {}) as Record<string, string>,
    kubeVersion: textOf(data, "kubeVersion"),
    dependencies: listOf(data["dependencies"]).map(dependencyOf),
    type: textOf(data, "type"),
  };
}

/** The lock out of decoded data. */
export function lockOf(data: JsonObject): ChartLock {
  return {
    generated: textOf(data, "generated"),
    digest: textOf(data, "digest"),
    dependencies: listOf(data["dependencies"]).map(dependencyOf),
  };
}

function listOf(value: Json | undefined): Json[] {
  return Array.isArray(value) ? value : [];
}

function textsOf(value: Json | undefined): string[] {
  return listOf(value).map((item) => (typeof item === "string" ? item : ""));
}

function maintainerOf(value: Json): ChartMaintainer | null {
  return value as unknown as ChartMaintainer | null;
}

function dependencyOf(value: Json): ChartDependency {
  // A null stays null until it is refused.
  if (value === null) return value as unknown as ChartDependency;
  const data = value as JsonObject;
  return {
    name: textOf(data, "name"),
    version: textOf(data, "version"),
    repository: textOf(data, "repository"),
    condition: textOf(data, "condition"),
    tags: textsOf(data["tags"]),
    enabled: data["enabled"] === true,
    importValues: listOf(data["importValues"]),
    alias: textOf(data, "alias"),
  };
}
