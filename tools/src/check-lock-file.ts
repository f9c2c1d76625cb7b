import { readFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "./source-files.ts";

/** What of a lock file is looked at. Source: npm "package-lock.json", version 3. */
export interface LockFile {
  lockfileVersion: number;
  packages: Readonly<Record<string, LockedPackage>>;
}

/** One package in it. */
export interface LockedPackage {
  resolved?: string;
  integrity?: string;
  link?: boolean;
  hasInstallScript?: boolean;
}

/** Problems of the repository's lock file. */
export function checkLockFile(): string[] {
  return problemsOf(JSON.parse(readFileSync(join(root, "package-lock.json"), "utf8")) as LockFile);
}

/**
 * What would let a package be another one than was chosen, or run code while it is installed: an entry without a digest of its
 * content, one from elsewhere than the registry, one with an install script. `npm ci` holds each to its digest. Pure.
 */
export function problemsOf({ lockfileVersion, packages }: LockFile): string[] {
  const version = lockfileVersion === 3 ? [] : [`package-lock.json: version ${lockfileVersion}, want 3`];
  const entries = Object.entries(packages).filter(([path, { link }]) => /(^|\/)node_modules\//.test(path) && !link);
  return [
    ...version,
    ...entries.flatMap(([path, locked]) => problemsOfPackage(locked).map((why) => `package-lock.json: ${path} ${why}`)),
  ];
}

function problemsOfPackage({ integrity = "", resolved, hasInstallScript }: LockedPackage): string[] {
  return [
    ...(/^sha512-[A-Za-z0-9+/]{86}==$/.test(integrity) ? [] : ["has no SHA-512 of its content"]),
    // The registry is the configuration's; what is written here would go around it.
    ...(resolved === undefined ? [] : [`comes from ${JSON.stringify(resolved)}, want the registry`]),
    ...(hasInstallScript ? ["runs a script when it is installed"] : []),
  ];
}
