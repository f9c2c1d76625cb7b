/** Where a suite tells what it found; every case is told exactly once. */
export interface Report {
  pass(name: string): void;
  fail(name: string, why: string): void;
  skip(name: string, why: string): void;
  /** A line for the reader, such as a seed or what was started. */
  note(text: string): void;
}

/** How long and where a run may work. */
export interface SuiteOptions {
  /** Folder with the original programs, or undefined where they were not built (`npm run upstream`). */
  upstreamBin: string | undefined;
  /** Folder with the shared corpora, or undefined in a clone that has none. */
  corpora: string | undefined;
  /** Ignored cache folder for builds of comparison programs. */
  cacheDir: string;
  /** Seed of everything random. */
  seed: number;
  /** Milliseconds that a fuzzing suite may take. */
  budgetMs: number;
  /** Only cases whose name contains this. */
  filter: string | undefined;
}

/** The same work done by Eddy and by an original, compared. */
export interface Suite {
  /** One word, as given to `npm run conformance -- <name>`. */
  name: string;
  summary: string;
  run(report: Report, options: SuiteOptions): Promise<void>;
}
