import type { Values } from "../values/values.ts";

/** A file of a chart. `name` is relative to the chart's folder, `/`-separated. */
export interface ChartFile {
  readonly name: string;
  readonly data: Uint8Array;
}

/** Who maintains a chart. */
export interface ChartMaintainer {
  readonly name?: string;
  readonly email?: string;
  readonly url?: string;
}

/** One entry of `import-values`: text, or what of the child goes where in the parent. */
export type ImportValue = string | { readonly child: string; readonly parent: string };

/** A dependency as Chart.yaml or requirements.yaml names it. Absent fields are "", [] or false, as in Go. */
export interface ChartDependency {
  readonly name: string;
  readonly version: string;
  readonly repository: string;
  readonly condition: string;
  readonly tags: readonly string[];
  readonly enabled: boolean;
  readonly importValues: readonly unknown[];
  readonly alias: string;
}

/** Chart.yaml. Absent fields are "", [], {} or false, as in Go. */
export interface ChartMetadata {
  readonly name: string;
  readonly home: string;
  readonly sources: readonly string[];
  readonly version: string;
  readonly description: string;
  readonly keywords: readonly string[];
  readonly maintainers: readonly (ChartMaintainer | null)[];
  readonly icon: string;
  /** `v1` or `v2`. */
  readonly apiVersion: string;
  readonly condition: string;
  readonly tags: string;
  readonly appVersion: string;
  readonly deprecated: boolean;
  readonly annotations: Readonly<Record<string, string>>;
  /** A range of Kubernetes versions. */
  readonly kubeVersion: string;
  readonly dependencies: readonly ChartDependency[];
  /** `application`, `library` or "". */
  readonly type: string;
}

/** Chart.lock or requirements.lock. */
export interface ChartLock {
  /** RFC 3339. */
  readonly generated: string;
  /** `sha256:<hex>`. */
  readonly digest: string;
  readonly dependencies: readonly ChartDependency[];
}

/** A loaded chart. Never changed by rendering: conditions, aliases and imports are worked out on copies. */
export interface Chart {
  readonly metadata: ChartMetadata;
  readonly lock?: ChartLock;
  /** Everything below `templates/`, partials and NOTES.txt included, in the order of loading. */
  readonly templates: readonly ChartFile[];
  /** values.yaml. */
  readonly values: Values;
  /** values.schema.json as it stands in the file. */
  readonly schema?: Uint8Array;
  /** What `.Files` shows, `crds/` and packed dependencies aside. */
  readonly files: readonly ChartFile[];
  /** All files as they were loaded, to pack the chart again. */
  readonly raw: readonly ChartFile[];
  /** What is vendored in `charts/`. */
  readonly dependencies: readonly Chart[];
}
