import { type GoMap, goType, type GoType, pointerTo, Struct, structType, tag } from "@eddy/gotemplate";
import type { ChartMaintainer } from "../chart/chart.ts";
import type { ResolvedChart, ResolvedDependency } from "../dependencies/resolved-chart.ts";
import type { HelmDialect } from "../dialect.ts";
import { dialectRules } from "../dialect.ts";

const nilTexts: GoType = { ...goType("map[string]string"), toJson: () => null };

/** `.Chart`: a struct in Helm 3, where an unknown field is an error, and a map in Helm 4. */
export function chartObject(chart: ResolvedChart, dialect: HelmDialect): GoMap | Struct {
  return dialectRules[dialect].chartIsMap ? chartMap(chart) : chartStruct(chart);
}

function annotationsOf({ metadata }: ResolvedChart): object {
  const copy = { ...metadata.annotations };
  return tag(copy, Object.keys(copy).length === 0 ? nilTexts : goType("map[string]string"));
}

function chartMap(chart: ResolvedChart): GoMap {
  const { metadata } = chart;
  return {
    Name: metadata.name,
    Home: metadata.home,
    Sources: [...metadata.sources],
    Version: metadata.version,
    Description: metadata.description,
    Keywords: [...metadata.keywords],
    Maintainers: metadata.maintainers.map((maintainer) => maintainerFields(maintainer)),
    Icon: metadata.icon,
    APIVersion: metadata.apiVersion,
    Condition: metadata.condition,
    Tags: metadata.tags,
    AppVersion: metadata.appVersion,
    Deprecated: metadata.deprecated,
    Annotations: annotationsOf(chart),
    KubeVersion: metadata.kubeVersion,
    Dependencies: metadata.dependencies.map((dependency) => dependencyFields(dependency, (list) => list)),
    Type: metadata.type,
    IsRoot: chart.parent === undefined,
  };
}

function maintainerFields(maintainer: ChartMaintainer | null): GoMap {
  return { Name: maintainer?.name ?? "", Email: maintainer?.email ?? "", URL: maintainer?.url ?? "" };
}

function dependencyFields(dependency: ResolvedDependency, texts: (list: string[]) => unknown): GoMap {
  return {
    Name: dependency.name,
    Version: dependency.version,
    Repository: dependency.repository,
    Condition: dependency.condition,
    Tags: texts([...dependency.tags]),
    Enabled: dependency.enabled,
    ImportValues: dependency.importValues.map((entry) =>
      typeof entry === "object" && entry !== null ? tag({ ...entry }, "map[string]string") : entry,
    ),
    Alias: dependency.alias,
  };
}

function withoutEmpty(pairs: readonly (readonly [string, unknown])[]): GoMap {
  const isEmpty = (value: unknown): boolean =>
    value === "" ||
    value === false ||
    (typeof value === "object" && value !== null && Object.keys(value).length === 0 && !(value instanceof Struct));
  return Object.fromEntries(pairs.filter(([, value]) => !isEmpty(value)));
}

const maintainerType = structType(
  "chart.Maintainer",
  { Name: "string", Email: "string", URL: "string" },
  {
    toJson: ({ fields }: Struct) =>
      withoutEmpty([
        ["name", fields["Name"]],
        ["email", fields["Email"]],
        ["url", fields["URL"]],
      ]),
  },
);

const dependencyType = structType(
  "chart.Dependency",
  {
    Name: "string",
    Version: "string",
    Repository: "string",
    Condition: "string",
    Tags: "[]string",
    Enabled: "bool",
    ImportValues: "[]any",
    Alias: "string",
  },
  {
    toJson: ({ fields }: Struct) => ({
      name: fields["Name"],
      repository: fields["Repository"],
      ...withoutEmpty([
        ["version", fields["Version"]],
        ["condition", fields["Condition"]],
        ["tags", fields["Tags"]],
        ["enabled", fields["Enabled"]],
        ["import-values", fields["ImportValues"]],
        ["alias", fields["Alias"]],
      ]),
    }),
  },
);

function listOf(element: GoType): GoType {
  return { name: `[]${element.name}`, kind: "slice", elem: element };
}

const maintainersType = listOf(pointerTo(maintainerType));
const dependenciesType = listOf(pointerTo(dependencyType));

const metadataFields: Readonly<Record<string, GoType | string>> = {
  Name: "string",
  Home: "string",
  Sources: "[]string",
  Version: "string",
  Description: "string",
  Keywords: "[]string",
  Maintainers: maintainersType,
  Icon: "string",
  APIVersion: "string",
  Condition: "string",
  Tags: "string",
  AppVersion: "string",
  Deprecated: "bool",
  Annotations: "map[string]string",
  KubeVersion: "string",
  Dependencies: dependenciesType,
  Type: "string",
};

const jsonNames: readonly (readonly [string, string])[] = Object.keys(metadataFields).map((field) => [
  field,
  field === "APIVersion" ? "apiVersion" : field[0]?.toLowerCase() + field.slice(1),
]);

function metadataJson({ fields }: Struct): GoMap {
  return withoutEmpty(jsonNames.map(([field, name]) => [name, fields[field]]));
}

const metadataType = structType("chart.Metadata", metadataFields, { toJson: metadataJson });
const chartType = structType(
  "struct { chart.Metadata; IsRoot bool }",
  { Metadata: metadataType, IsRoot: "bool", ...metadataFields },
  { toJson: (self: Struct) => ({ ...metadataJson(self), IsRoot: self.fields["IsRoot"] }) },
);

function chartStruct(chart: ResolvedChart): Struct {
  const texts = (list: readonly string[]): unknown => tag([...list], "[]string");
  const { Maintainers, Dependencies, Sources, Keywords, IsRoot, ...rest } = chartMap(chart);
  void [Maintainers, Dependencies, Sources, Keywords];
  const fields: GoMap = {
    ...rest,
    Sources: texts(chart.metadata.sources),
    Keywords: texts(chart.metadata.keywords),
    Maintainers: tag(
      chart.metadata.maintainers.map(
        (maintainer) => new Struct(pointerTo(maintainerType), maintainerFields(maintainer)),
      ),
      maintainersType,
    ),
    Dependencies: tag(
      chart.metadata.dependencies.map(
        (dependency) => new Struct(pointerTo(dependencyType), dependencyFields(dependency, texts)),
      ),
      dependenciesType,
    ),
  };
  return new Struct(chartType, { ...fields, IsRoot, Metadata: new Struct(metadataType, fields) });
}
