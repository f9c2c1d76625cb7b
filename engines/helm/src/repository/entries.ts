import { compareText, isObject, type Json } from "@eddy/core/json";
import { compareVersions, parseVersion, type Version } from "@eddy/core/semver";
import { decodeFields, goKind, undecodable } from "./decode-fields.ts";
import { indexError } from "./index-error.ts";
import { sanitizeVersion } from "./sanitize-version.ts";
import { versionFields } from "./version-fields.ts";

/** One version of a chart, ready to be written. */
export interface Entry {
  readonly version: Version;
  /** JSON, indented by two spaces. */
  readonly json: string;
}

/** Charts of an index while it is read. */
export interface Entries {
  /** A version, or a list of versions, of a chart. */
  add(chart: string, value: Json): void;
  /** The whole member `entries`. */
  addAll(value: Json): void;
  /** Charts by name, versions newest first; of the same version the first one stays first. */
  sorted(): Generator<readonly [string, readonly Entry[]]>;
  count(): number;
}

/** No charts yet. @throws HelmError from `add` where a version is no version, or there are too many */
export function createEntries(isYaml: boolean, maxVersions: number): Entries {
  const charts = new Map<string, Entry[]>();
  const options = { isYaml, coerces: isYaml, struct: "ChartVersion", path: ["entries"] };
  let count = 0;
  const addOne = (chart: string, value: Json): void => {
    const list = charts.get(chart) ?? [];
    charts.set(chart, list);
    if (value === null) return;
    if (!isObject(value))
      throw undecodable(
        isYaml,
        `json: cannot unmarshal ${goKind(value)} into Go struct field IndexFile.entries of type repo.ChartVersion`,
      );
    const version = decodeFields(value, versionFields, options);
    if (!sanitizeVersion(version)) return;
    if (++count > maxVersions) throw indexError(`read index: more than ${maxVersions} versions`);
    if (version["apiVersion"] === undefined) Object.assign(version, withApiVersion(version));
    list.push({ version: parseVersion(version["version"] as string), json: formatVersion(version) });
  };
  const entries: Entries = {
    add(chart, value) {
      if (!Array.isArray(value)) return addOne(chart, value);
      if (value.length === 0) addOne(chart, null);
      for (const item of value) addOne(chart, item);
    },
    addAll(value) {
      if (value === null) return;
      if (!isObject(value))
        throw undecodable(
          isYaml,
          `json: cannot unmarshal ${goKind(value)} into Go struct field IndexFile.entries of type map[string]repo.ChartVersions`,
        );
      for (const chart of Object.keys(value)) entries.add(chart, value[chart] ?? null);
    },
    *sorted() {
      for (const chart of [...charts.keys()].sort(compareText)) {
        const list = charts.get(chart) ?? [];
        charts.delete(chart);
        yield [chart, list.sort((left, right) => compareVersions(right.version, left.version))] as const;
      }
    },
    count: () => count,
  };
  return entries;
}

/** The same members with `apiVersion` where it belongs: before `condition`, as Go writes it. */
function withApiVersion(version: ReturnType<typeof decodeFields>): ReturnType<typeof decodeFields> {
  const given = { ...version };
  for (const key of Object.keys(version)) delete version[key];
  for (const { name } of versionFields) {
    if (name === "apiVersion") version[name] = "v1";
    else if (given[name] !== undefined) version[name] = given[name];
  }
  return version;
}

const escaped: Readonly<Record<string, string>> = {
  "<": "\\u003c",
  ">": "\\u003e",
  "&": "\\u0026",
  "\u2028": "\\u2028",
  "\u2029": "\\u2029",
};

/** JSON as Go's `encoding/json` indents it by two spaces. */
export function formatVersion(value: Json): string {
  return JSON.stringify(value, null, 2).replace(/[<>&\u2028\u2029]/g, (char) => escaped[char] ?? char);
}
