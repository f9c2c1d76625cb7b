import { joinPath, type FileTree } from "@eddy/core/tree";
import type { HelmDialect } from "../dialect.ts";
import { HelmError } from "../error.ts";
import type { Chart, ChartFile } from "./chart.ts";
import { chartOfFiles } from "./chart-of-files.ts";
import { parseHelmIgnore, type HelmIgnore } from "./helm-ignore.ts";
import { type ChartLimits, defaultChartLimits } from "./limits.ts";

/** Options of {@link loadChart} and `loadChartArchive`. */
export interface LoadChartOptions {
  /** `helm4` unless given: whose words and whose reading of values.yaml. */
  readonly dialect?: HelmDialect;
  readonly limits?: Partial<ChartLimits>;
  /** Told of what Helm writes to stderr, one line each. */
  readonly onWarning?: (message: string) => void;
}

/**
 * Loads the chart in the folder `path` of a tree ("" is its root), without what .helmignore leaves out.
 * Links are followed inside of the tree; one that leads out of it is refused.
 * @throws HelmError (terminal) in Helm's words
 */
export function loadChart(tree: FileTree, path: string, options: LoadChartOptions = {}): Chart {
  const limits = { ...defaultChartLimits, ...options.limits };
  const ignore = parseHelmIgnore(decode(tree.read(joinPath(path, ".helmignore") ?? "") ?? new Uint8Array()));
  const walker = new Walker(tree, path, ignore, limits, options.onWarning ?? (() => undefined));
  walker.walk("", 0);
  return chartOfFiles(walker.files, options);
}

function decode(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("utf8");
}

const maxFolders = 200;

class Walker {
  readonly files: ChartFile[] = [];
  private bytes = 0;
  private readonly tree: FileTree;
  private readonly root: string;
  private readonly ignore: HelmIgnore;
  private readonly limits: ChartLimits;
  private readonly warn: (message: string) => void;

  constructor(tree: FileTree, root: string, ignore: HelmIgnore, limits: ChartLimits, warn: (message: string) => void) {
    this.tree = tree;
    this.root = root;
    this.ignore = ignore;
    this.limits = limits;
    this.warn = warn;
  }

  walk(folder: string, depth: number): void {
    if (depth > maxFolders) throw new HelmError(`load chart: ${JSON.stringify(folder)} is nested too deeply`);
    const names = this.tree.list(this.at(folder));
    if (names === undefined) throw new HelmError(`load chart: there is no folder ${JSON.stringify(this.at(folder))}`);
    for (const name of names) {
      const path = folder === "" ? name : `${folder}/${name}`;
      this.visit(path, depth);
    }
  }

  private at(path: string): string {
    return this.root === "" ? path : path === "" ? this.root : `${this.root}/${path}`;
  }

  private visit(path: string, depth: number): void {
    const at = this.at(path);
    const link = this.tree.kindOf(at) === "symlink";
    const isDirectory = this.tree.list(at) !== undefined;
    if (this.ignore.ignores(path, isDirectory)) return;
    if (link) this.warn(`found symbolic link in path: ${at}. Contents of linked file included and used`);
    if (isDirectory) this.walk(path, depth + 1);
    else this.read(path, at, link);
  }

  private read(path: string, at: string, link: boolean): void {
    const data = this.tree.read(at);
    if (data === undefined) {
      if (link) throw new HelmError(`error evaluating symlink ${at}: it leads nowhere, or out of the tree`);
      throw new HelmError(`cannot load irregular file ${at} as it has file mode type bits set`);
    }
    this.bytes += data.length;
    if (this.bytes > this.limits.maxBytes)
      throw new HelmError(
        `error reading ${path}: chart exceeds maximum decompressed size of ${this.limits.maxBytes} bytes`,
      );
    if (this.files.length >= this.limits.maxFiles)
      throw new HelmError(`load chart: it has more than ${this.limits.maxFiles} files`);
    this.files.push({ name: path, data: withoutMark(data) });
  }
}

/** Without the byte order mark. */
export function withoutMark(data: Uint8Array): Uint8Array {
  return data[0] === 0xef && data[1] === 0xbb && data[2] === 0xbf ? data.subarray(3) : data;
}
