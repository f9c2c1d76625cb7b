import type { GoField, GoStruct, GoType } from "../decode/go-type.ts";
import { dialectRules, type HelmDialect } from "../dialect.ts";

const text: GoType = { kind: "string" };
const texts: GoType = { kind: "slice", of: text };

function field(key: string, type: GoType): GoField {
  return { key, type };
}

function dependencyType(goPackage: string): GoStruct {
  return {
    kind: "struct",
    name: "Dependency",
    goName: `${goPackage}.Dependency`,
    pointer: true,
    fields: {
      name: field("name", text),
      version: field("version", text),
      repository: field("repository", text),
      condition: field("condition", text),
      tags: field("tags", texts),
      enabled: field("enabled", { kind: "bool" }),
      "import-values": field("importValues", { kind: "slice", of: { kind: "any" } }),
      alias: field("alias", text),
    },
  };
}

function maintainerType(goPackage: string): GoStruct {
  return {
    kind: "struct",
    name: "Maintainer",
    goName: `${goPackage}.Maintainer`,
    pointer: true,
    fields: { name: field("name", text), email: field("email", text), url: field("url", text) },
  };
}

function metadataTypeOf(goPackage: string): GoStruct {
  return {
    kind: "struct",
    name: "Metadata",
    goName: `${goPackage}.Metadata`,
    fields: {
      name: field("name", text),
      home: field("home", text),
      sources: field("sources", texts),
      version: field("version", text),
      description: field("description", text),
      keywords: field("keywords", texts),
      maintainers: field("maintainers", { kind: "slice", of: maintainerType(goPackage) }),
      icon: field("icon", text),
      apiVersion: field("apiVersion", text),
      condition: field("condition", text),
      tags: field("tags", text),
      appVersion: field("appVersion", text),
      deprecated: field("deprecated", { kind: "bool" }),
      annotations: field("annotations", { kind: "map", of: text }),
      kubeVersion: field("kubeVersion", text),
      dependencies: field("dependencies", { kind: "slice", of: dependencyType(goPackage) }),
      type: field("type", text),
    },
  };
}

function lockTypeOf(goPackage: string): GoStruct {
  return {
    kind: "struct",
    name: "Lock",
    goName: `${goPackage}.Lock`,
    fields: {
      generated: field("generated", text),
      digest: field("digest", text),
      dependencies: field("dependencies", { kind: "slice", of: dependencyType(goPackage) }),
    },
  };
}

const types = {
  chart: { metadata: metadataTypeOf("chart"), lock: lockTypeOf("chart") },
  v2: { metadata: metadataTypeOf("v2"), lock: lockTypeOf("v2") },
} as const;

/** Chart.yaml, or its dependencies in requirements.yaml, as the dialect's struct. */
export function metadataType(dialect: HelmDialect): GoStruct {
  return types[dialectRules[dialect].chartPackage].metadata;
}

/** Chart.lock as the dialect's struct. */
export function lockType(dialect: HelmDialect): GoStruct {
  return types[dialectRules[dialect].chartPackage].lock;
}
