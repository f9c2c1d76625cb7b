/** What Helm reads of an object before it orders it. */
export interface ManifestHead {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  /** Undefined where the object has no metadata. */
  readonly annotations: Readonly<Record<string, string>> | undefined;
}

/** One rendered document that is no hook. */
export interface Manifest {
  /** The template, like `chart/templates/a.yaml`. */
  readonly path: string;
  /** The YAML, trimmed as the dialect does it. */
  readonly content: string;
  readonly head: ManifestHead;
}

/** When a hook runs. */
export type HookEvent =
  | "pre-install"
  | "post-install"
  | "pre-delete"
  | "post-delete"
  | "pre-upgrade"
  | "post-upgrade"
  | "pre-rollback"
  | "post-rollback"
  | "test";

/** A document with `helm.sh/hook`. The policies are as written, lower-case: unknown ones stay. */
export interface Hook {
  readonly name: string;
  readonly kind: string;
  readonly path: string;
  /** The YAML. */
  readonly manifest: string;
  readonly events: readonly HookEvent[];
  /** 0 unless the annotation is a number. */
  readonly weight: number;
  /** `before-hook-creation`, `hook-succeeded`, `hook-failed`; empty where none is given. */
  readonly deletePolicies: readonly string[];
  /** `hook-succeeded`, `hook-failed`. */
  readonly outputLogPolicies: readonly string[];
}

/** A file of `crds/`. */
export interface ChartCrd {
  /** The path below the chart that is rendered, like `chart/crds/a.yaml`; of a sub-chart `chart/charts/sub/crds/a.yaml`. */
  readonly path: string;
  /** The path inside its own chart, like `crds/a.yaml`. */
  readonly name: string;
  /** The file's text, as it stands. */
  readonly content: string;
}
