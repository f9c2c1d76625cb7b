import { goMethod, type GoType, namedType, pointerTo, Struct, structType, tag } from "@eddy/gotemplate";
import { dialectRules, type HelmDialect } from "../dialect.ts";
import type { Capabilities } from "./options.ts";

interface CapabilityTypes {
  readonly kubeVersion: GoType;
  readonly apiVersions: GoType;
  readonly helmVersion: GoType;
  readonly capabilities: GoType;
}

function shownVersion({ fields }: Struct): string {
  return String(fields["normalizedVersion"] ?? fields["Version"]);
}

function typesOf(goPackage: string, dialect: HelmDialect): CapabilityTypes {
  const kubeVersion = structType(
    `${goPackage}.KubeVersion`,
    dialect === "helm3"
      ? { Version: "string", Major: "string", Minor: "string" }
      : { Version: "string", normalizedVersion: "string", Major: "string", Minor: "string" },
    {
      methods: {
        String: goMethod([], "string", (_, self: Struct) => shownVersion(self)),
        GitVersion: goMethod([], "string", (_, self: Struct) => self.fields["Version"]),
      },
      format: shownVersion,
      toJson: ({ fields }: Struct) => ({ Version: fields["Version"], Major: fields["Major"], Minor: fields["Minor"] }),
    },
  );
  const apiVersions = namedType(`${goPackage}.VersionSet`, "[]string", {
    methods: { Has: goMethod(["string"], "bool", (_, self: string[], wanted) => self.includes(wanted)) },
  });
  const helmVersion = structType(
    "version.BuildInfo",
    {
      Version: "string",
      GitCommit: "string",
      GitTreeState: "string",
      GoVersion: "string",
      ...(dialect === "helm3" ? {} : { KubeClientVersion: "string" }),
    },
    { toJson: helmVersionJson },
  );
  const fields = { KubeVersion: kubeVersion, APIVersions: apiVersions, HelmVersion: helmVersion };
  return {
    kubeVersion,
    apiVersions,
    helmVersion,
    capabilities: pointerTo(structType(`${goPackage}.Capabilities`, fields)),
  };
}

const jsonNames: readonly (readonly [string, string])[] = [
  ["Version", "version"],
  ["GitCommit", "git_commit"],
  ["GitTreeState", "git_tree_state"],
  ["GoVersion", "go_version"],
  ["KubeClientVersion", "kube_client_version"],
];

function helmVersionJson({ fields }: Struct): Record<string, unknown> {
  return Object.fromEntries(
    jsonNames.flatMap(([field, name]) => (fields[field] ? [[name, fields[field]] as const] : [])),
  );
}

const types: Readonly<Record<HelmDialect, CapabilityTypes>> = {
  helm3: typesOf("chartutil", "helm3"),
  helm4: typesOf("common", "helm4"),
};

/** `.Capabilities`. */
export function capabilitiesObject(capabilities: Capabilities, dialect: HelmDialect): Struct {
  const { kubeVersion, apiVersions, helmVersion, capabilities: type } = types[dialect];
  const { version, normalized = version, major, minor } = capabilities.kubeVersion;
  const helm = capabilities.helmVersion ?? dialectRules[dialect].version;
  return new Struct(type, {
    KubeVersion: new Struct(kubeVersion, {
      Version: version,
      ...(dialect === "helm3" ? {} : { normalizedVersion: normalized }),
      Major: major,
      Minor: minor,
    }),
    APIVersions: tag([...capabilities.apiVersions], apiVersions),
    HelmVersion: new Struct(helmVersion, {
      Version: helm.version,
      GitCommit: helm.gitCommit,
      GitTreeState: helm.gitTreeState,
      GoVersion: helm.goVersion,
      ...(dialect === "helm3" ? {} : { KubeClientVersion: helm.kubeClientVersion ?? "" }),
    }),
  });
}
