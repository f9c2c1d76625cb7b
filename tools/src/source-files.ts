import { execFileSync } from "node:child_process";
import { existsSync, globSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** The repository's root folder. */
export const root: string = join(import.meta.dirname, "../..");

/** One workspace package. */
export interface Workspace {
  /** Like `@eddy/core`. */
  name: string;
  /** Folder relative to the root, like `engines/merge`. */
  dir: string;
  /** Door → file, as `exports` in package.json has it. */
  exports: Record<string, string>;
  dependencies: string[];
}

/** All workspace packages, by folder. */
export function workspaces(): Workspace[] {
  const manifest = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as { workspaces: string[] };
  const dirs = manifest.workspaces.flatMap((pattern) => globSync(pattern, { cwd: root })).toSorted();
  return dirs
    .filter((dir) => existsSync(join(root, dir, "package.json")))
    .map((dir) => {
      const own = JSON.parse(readFileSync(join(root, dir, "package.json"), "utf8")) as {
        name: string;
        exports?: Record<string, string>;
        dependencies?: Record<string, string>;
      };
      return { name: own.name, dir, exports: own.exports ?? {}, dependencies: Object.keys(own.dependencies ?? {}) };
    });
}

/** TypeScript files that Git tracks or would track, relative to the root. */
export function typescriptFiles(): string[] {
  const listed = execFileSync("git", ["ls-files", "--cached", "--others", "--exclude-standard", "*.ts"], {
    cwd: root,
    encoding: "utf8",
  });
  return listed
    .split("\n")
    .filter((file) => file !== "" && !file.includes("/testdata/") && existsSync(join(root, file)));
}

/** Whether a file is part of the product rather than of its proof. */
export function isTestFile(file: string): boolean {
  return file.endsWith(".test.ts") || /\/src\/(?:[^/]+\/)?(?:testing|contract)\//.test(file);
}
