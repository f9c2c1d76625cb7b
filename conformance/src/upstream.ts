import { existsSync } from "node:fs";
import { join } from "node:path";

/** The repository's root folder. */
export const repositoryRoot: string = join(import.meta.dirname, "../..");

/** The path of an original program built by `npm run upstream`, or undefined where it is not there. */
export function upstreamProgram(options: { upstreamBin: string | undefined }, name: string): string | undefined {
  if (options.upstreamBin === undefined) return undefined;
  const path = join(options.upstreamBin, name);
  return existsSync(path) ? path : undefined;
}
