import { sourceConditionTypes, type Artifact, type HelmRepository } from "@eddy/api";
import type { SourceWords } from "../source/report.ts";

/** How HelmRepositories tell what they stored. */
export const helmRepositoryWords: SourceWords<HelmRepository> = {
  failures: [sourceConditionTypes.fetchFailed, sourceConditionTypes.storageOperationFailed],
  readyMessage: ({ revision }) => `stored artifact: revision '${revision}'`,
};

/** The event's message. */
export function storedMessage({ size }: Artifact, url: string): string {
  const words = size === undefined ? "unknown size" : `size ${formatSize(size)}`;
  return `stored fetched index of ${words} from '${url}'`;
}

const units = ["B", "kB", "MB", "GB", "TB"];

/** Bytes with four significant digits: `1.234kB`. Source: docker go-units `HumanSize`. */
export function formatSize(bytes: number): string {
  let [size, unit] = [bytes, 0];
  while (size >= 1000 && unit < units.length - 1) [size, unit] = [size / 1000, unit + 1];
  return `${Number(size.toPrecision(4))}${units[unit]}`;
}
