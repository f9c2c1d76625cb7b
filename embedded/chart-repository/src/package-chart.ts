import { createHash } from "node:crypto";
import { gunzipSync, gzipSync } from "node:zlib";
import { EddyError } from "@eddy/core/errors";
import { isObject, type JsonObject } from "@eddy/core/json";
import { encodeTarHeader, readTar, tarEnd, tarPadding } from "@eddy/core/tar";
import { joinPath, type FileTree } from "@eddy/core/tree";
import { load } from "@eddy/goyaml";

/** A package and what its Chart.yaml says. */
export interface PackagedChart {
  readonly name: string;
  readonly version: string;
  readonly metadata: JsonObject;
  readonly bytes: Buffer;
  /** Hex of SHA-256. */
  readonly digest: string;
}

const maxUnpackedBytes = 100 * 1024 ** 2;

/** A package of the folder, or the package itself, read. @throws EddyError CHART_PACKAGE (terminal) */
export function packageChart(chart: FileTree | Uint8Array): PackagedChart {
  if (chart instanceof Uint8Array) return describe(Buffer.from(chart), chartYamlOf(chart));
  const text = Buffer.from(chart.read("Chart.yaml") ?? "").toString("utf8");
  const { name } = identityOf(metadataOf(text));
  return describe(gzipSync(Buffer.concat([...entriesOf(chart, name, ""), tarEnd])), text);
}

function describe(bytes: Buffer, chartYaml: string): PackagedChart {
  const metadata = metadataOf(chartYaml);
  return { ...identityOf(metadata), metadata, bytes, digest: createHash("sha256").update(bytes).digest("hex") };
}

function chartYamlOf(bytes: Uint8Array): string {
  for (const { path, body } of readTar(gunzipSync(bytes, { maxOutputLength: maxUnpackedBytes })))
    if (/^[^/]+\/Chart\.yaml$/.test(path)) return body.toString("utf8");
  return "";
}

function metadataOf(text: string): JsonObject {
  const metadata = load(text);
  return isObject(metadata) ? metadata : {};
}

function identityOf({ name, version }: JsonObject): { name: string; version: string } {
  if (typeof name === "string" && name !== "" && typeof version === "string" && version !== "")
    return { name, version };
  throw new EddyError("CHART_PACKAGE", "add chart: its Chart.yaml has no name and version", { class: "terminal" });
}

function* entriesOf(tree: FileTree, prefix: string, path: string): Generator<Uint8Array> {
  for (const name of tree.list(path) ?? []) {
    const child = joinPath(path, name) ?? "";
    if (tree.kindOf(child) === "directory") yield* entriesOf(tree, prefix, child);
    const content = tree.kindOf(child) === "file" ? tree.read(child) : undefined;
    if (!content) continue;
    const entry = { path: `${prefix}/${child}`, kind: "file", executable: false, size: content.length, mode: 0o644 };
    yield encodeTarHeader({ ...entry, kind: "file" });
    yield content;
    yield Buffer.alloc(tarPadding(content.length));
  }
}
