import { messageOf } from "@eddy/core/errors";
import { joinPath, type FileTree } from "@eddy/core/tree";
import type { ChartFile, ChartMetadata } from "../chart/chart.ts";
import { archiveFiles } from "../chart/load-chart-archive.ts";
import { metadataType } from "../chart/metadata-type.ts";
import { metadataOf } from "../chart/read-metadata.ts";
import { validateMetadata } from "../chart/validate-metadata.ts";
import { decodeYaml } from "../decode/decode-value.ts";
import { HelmError } from "../error.ts";

/** Of any file that is read for its metadata. */
const maxFileBytes = 5 * 1024 ** 2;
const files = ["Chart.yaml", "requirements.yaml"];

/**
 * Chart.yaml of a packed chart, with what requirements.yaml adds. The whole archive is looked at: one that climbs is refused.
 * Source: source-controller internal/helm/chart `LoadChartMetadataFromArchive`.
 * @throws HelmError (terminal) in upstream's words
 */
export function readArchiveMetadata(archive: Uint8Array): ChartMetadata {
  return metadataFrom(archiveFiles(archive));
}

/**
 * Chart.yaml of the chart in the folder `path`, with what requirements.yaml adds.
 * @throws HelmError (terminal) in upstream's words
 */
export function readChartMetadata(tree: FileTree, path: string): ChartMetadata {
  const found = files.flatMap((name) => {
    const data = tree.read(joinPath(path, name) ?? "");
    return data === undefined ? [] : [{ name, data }];
  });
  return metadataFrom(found);
}

function metadataFrom(all: readonly ChartFile[]): ChartMetadata {
  let metadata: ChartMetadata | undefined;
  for (const { name, data } of all) {
    if (!files.includes(name)) continue;
    if (data.length > maxFileBytes) throw new HelmError(`size of '${name}' exceeds '${maxFileBytes}' bytes limit`);
    const read = decode(name, data);
    const merged = { ...metadata, ...read } as ChartMetadata;
    metadata = { ...merged, apiVersion: merged.apiVersion === "" ? "v1" : merged.apiVersion };
  }
  if (metadata === undefined) throw new HelmError("no 'Chart.yaml' found");
  return validateMetadata(metadata);
}

/** Only the fields that the file has. */
function decode(name: string, data: Uint8Array): Partial<ChartMetadata> {
  try {
    const json = decodeYaml(Buffer.from(data).toString("utf8"), metadataType("helm4"), name);
    const all = metadataOf(json);
    if (name === "Chart.yaml") return all;
    return Object.fromEntries(Object.entries(all).filter(([key]) => key in json));
  } catch (cause) {
    throw new HelmError(`cannot load '${name}': ${messageOf(cause)}`, { cause });
  }
}
