import { quoteGo } from "@eddy/core/go-text";
import { isObject, type Json } from "@eddy/core/json";
import { parseConstraint, parseStrictVersion, parseVersion, type Version } from "@eddy/core/semver";
import type { ChartMetadata } from "../chart/chart.ts";
import { metadataType } from "../chart/metadata-type.ts";
import { metadataOf } from "../chart/read-metadata.ts";
import { decodeValue, loadYaml } from "../decode/decode-value.ts";
import type { HelmDialect } from "../dialect.ts";
import { load } from "@eddy/goyaml";
import { isMailAddress, isRequestUrl, isUrl } from "./addresses.ts";
import type { Linter } from "./linter.ts";

const file = "Chart.yaml";

/** Rules of Chart.yaml. Source: Helm `lint/rules/chartfile.go`. */
export function lintMetadata(linter: Linter, text: string, dialect: HelmDialect): void {
  const raw = linter.attempt("ERROR", file, () => loadYaml(text), "unable to parse YAML\n\t");
  if (raw === undefined) return;
  const type = metadataType(dialect);
  const data = linter.attempt("ERROR", file, () => decodeValue(raw, type), "unable to parse YAML\n\t");
  if (data === undefined) return;
  linter.check("WARNING", file, strictProblem(text, raw, Object.keys(type.fields)));
  const metadata = metadataOf(data);
  const error = (problem: string | undefined): void => void linter.check("ERROR", file, problem);
  error(nameProblem(metadata));
  error(apiVersionProblem(metadata));
  error(typeProblem(raw, "version"));
  error(versionProblem(metadata));
  error(typeProblem(raw, "appVersion"));
  error(maintainerProblem(metadata));
  error(sourceProblem(metadata));
  linter.check("INFO", file, metadata.icon === "" ? "icon is recommended" : undefined);
  error(metadata.icon !== "" && !isRequestUrl(metadata.icon) ? `invalid icon URL '${metadata.icon}'` : undefined);
  error(
    onlyV2(metadata.type !== "", metadata, "chart type is not valid in apiVersion '%'. It is valid in apiVersion 'v2'"),
  );
  error(
    onlyV2(
      metadata.dependencies.length > 0,
      metadata,
      "dependencies are not valid in the Chart file with apiVersion '%'. They are valid in apiVersion 'v2'",
    ),
  );
  linter.check("WARNING", file, strictVersionProblem(metadata));
}

function strictProblem(text: string, raw: Json, known: readonly string[]): string | undefined {
  const lead = "failed to strictly parse chart metadata file\n\t";
  try {
    load(text, { strict: true });
  } catch (error) {
    return `${lead}error converting YAML to JSON: ${(error as Error).message}`;
  }
  const unknown = isObject(raw) ? Object.keys(raw).find((key) => !known.includes(key)) : undefined;
  if (unknown === undefined) return undefined;
  return `${lead}error unmarshaling JSON: while decoding JSON: json: unknown field ${quoteGo(unknown)}`;
}

function nameProblem({ name }: ChartMetadata): string | undefined {
  if (name === "") return "name is required";
  return name.includes("/") ? `chart name ${quoteGo(name)} is invalid` : undefined;
}

function apiVersionProblem({ apiVersion }: ChartMetadata): string | undefined {
  const want = 'The value must be either "v1" or "v2"';
  if (apiVersion === "") return `apiVersion is required. ${want}`;
  return apiVersion === "v1" || apiVersion === "v2" ? undefined : `apiVersion '${apiVersion}' is not valid. ${want}`;
}

function typeProblem(raw: Json, key: string): string | undefined {
  const value = isObject(raw) ? raw[key] : undefined;
  if (value === undefined || typeof value === "string") return undefined;
  return `${key} should be of type string but it's of type ${goTypeName(value)}`;
}

function goTypeName(value: Json): string {
  if (value === null) return "<nil>";
  if (Array.isArray(value)) return "[]interface {}";
  if (typeof value === "object") return "map[string]interface {}";
  return typeof value === "boolean" ? "bool" : "float64";
}

function attempt(parse: (text: string) => Version, text: string): Version | undefined {
  try {
    return parse(text);
  } catch {
    return undefined;
  }
}

function versionProblem({ version }: ChartMetadata): string | undefined {
  if (version === "") return "version is required";
  const parsed = attempt(parseVersion, version);
  if (parsed === undefined) return `version '${version}' is not a valid SemVer`;
  const [why] = parseConstraint(">0.0.0-0").explain(parsed);
  return why === undefined ? undefined : `version ${why.replaceAll('"', "")}`;
}

function strictVersionProblem({ version }: ChartMetadata): string | undefined {
  return attempt(parseStrictVersion, version) === undefined
    ? `version '${version}' is not a valid SemVerV2`
    : undefined;
}

function maintainerProblem({ maintainers }: ChartMetadata): string | undefined {
  for (const maintainer of maintainers) {
    if (maintainer === null) return "a maintainer entry is empty";
    const { name = "", email = "", url = "" } = maintainer;
    if (name === "") return "each maintainer requires a name";
    if (email !== "" && !isMailAddress(email)) return `invalid email '${email}' for maintainer '${name}'`;
    if (url !== "" && !isUrl(url)) return `invalid url '${url}' for maintainer '${name}'`;
  }
  return undefined;
}

function sourceProblem({ sources }: ChartMetadata): string | undefined {
  const wrong = sources.find((source) => !isRequestUrl(source));
  return wrong === undefined ? undefined : `invalid source URL '${wrong}'`;
}

function onlyV2(isUsed: boolean, { apiVersion }: ChartMetadata, text: string): string | undefined {
  return isUsed && apiVersion !== "v2" ? text.replace("%", apiVersion) : undefined;
}
