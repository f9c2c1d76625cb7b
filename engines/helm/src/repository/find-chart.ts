import { isObject, type Json } from "@eddy/core/json";
import { formatVersion } from "./entries.ts";
import { indexError } from "./index-error.ts";

/** A version of a chart in a repository. */
export interface ChartVersion {
  readonly name: string;
  readonly version: string;
  /** Absolute, or relative to the repository. */
  readonly urls: readonly string[];
  /** RFC 3339. */
  readonly created: string;
  /** `<hex>` of SHA-256, where the index has it. */
  readonly digest?: string;
}

/**
 * The versions of one chart in a stored index, newest first, without reading the rest of it; undefined for a chart that is not
 * there. `json` is what `parseIndex` or source-controller wrote.
 * @throws HelmError HELM_INDEX where the file is something else
 */
export function findChart(json: Buffer, name: string): readonly ChartVersion[] | undefined {
  const entries = json.indexOf('\n  "entries": {');
  if (json[0] !== 0x7b || entries < 0) throw indexError("read stored index: it is not an index");
  const key = `\n    ${formatVersion(name)}: [`;
  const found = json.indexOf(key, entries);
  if (found < 0) return undefined;
  const start = found + Buffer.byteLength(key) - 1;
  if (json[start + 1] === 0x5d) return [];
  const end = json.indexOf("\n    ]", start);
  if (end < 0) throw indexError("read stored index: it is cut off");
  const versions = JSON.parse(json.toString("utf8", start, end + 6)) as Json[];
  return versions.map((version) => decodeChartVersion(version));
}

function decodeChartVersion(value: Json): ChartVersion {
  const version = isObject(value) ? value : {};
  const text = (key: string): string => (typeof version[key] === "string" ? version[key] : "");
  const urls = Array.isArray(version["urls"]) ? version["urls"].filter((url) => typeof url === "string") : [];
  const digest = text("digest");
  return {
    name: text("name"),
    version: text("version"),
    urls,
    created: text("created"),
    ...(digest === "" ? {} : { digest }),
  };
}
