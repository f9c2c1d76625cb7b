import type { Chart } from "../chart/chart.ts";
import type { HelmDialect, HelmVersion } from "../dialect.ts";
import type { ChartCrd, Hook, Manifest } from "../manifest/manifest.ts";
import type { Values } from "../values/values.ts";

/** `.Capabilities.KubeVersion`. */
export interface KubeVersion {
  /** Like `v1.33.4-gke.1245000`. */
  readonly version: string;
  /** What ranges are checked against, like `v1.33.4`; the same as `version` unless given. */
  readonly normalized?: string;
  readonly major: string;
  readonly minor: string;
}

/** `.Capabilities`. */
export interface Capabilities {
  readonly kubeVersion: KubeVersion;
  /** `v1`, `apps/v1`, and, from a cluster, `apps/v1/Deployment`. */
  readonly apiVersions: readonly string[];
  /** The dialect's own unless given. */
  readonly helmVersion?: HelmVersion;
}

/** `.Release`. */
export interface ReleaseIdentity {
  readonly name: string;
  readonly namespace: string;
  /** 1 unless given. */
  readonly revision?: number;
  /** An upgrade (or rollback); otherwise an installation. */
  readonly isUpgrade?: boolean;
  /** Not an upgrade unless given; `helm lint` is neither. */
  readonly isInstall?: boolean;
}

/** Reads objects of a cluster for the template function `lookup`. Synchronous: whoever renders gathers first, or waits in a worker. */
export interface LookupPort {
  /** The object, or undefined where there is none. With an empty name: a list with `items`. */
  lookup(
    apiVersion: string,
    kind: string,
    namespace: string,
    name: string,
  ): Readonly<Record<string, unknown>> | undefined;
}

/** Changes all manifests between rendering and applying. */
export interface PostRenderer {
  /** A stream of documents to another one. Throws to refuse. */
  run(manifests: string): string;
}

/** What a post-renderer sees: `combined` everything, `separate` hooks and manifests one after the other, `nohooks` no hooks. */
export type PostRenderStrategy = "combined" | "separate" | "nohooks";

/** How far a render may go; the defaults are in `defaultRenderBudget`. */
export interface RenderBudget {
  /** Actions, function calls and rounds of loops. */
  readonly maxSteps: number;
  /** Bytes of one text, and of all output together. */
  readonly maxOutputBytes: number;
  /** Milliseconds on the clock of the machine. */
  readonly deadlineMs: number;
}

/** Options of `renderChart`. */
export interface RenderOptions {
  readonly release: ReleaseIdentity;
  /** `helm4` unless given. */
  readonly dialect?: HelmDialect;
  /** The user's values, later sources already laid over earlier ones. */
  readonly values?: Values;
  /** The dialect's own, as `helm template` has them, unless given. */
  readonly capabilities?: Capabilities;
  /** NOTES.txt of sub-charts too. */
  readonly subNotes?: boolean;
  readonly skipSchemaValidation?: boolean;
  readonly lookup?: LookupPort;
  readonly postRenderer?: PostRenderer;
  /** Helm 4 only; `combined` unless given. Helm 3's post-renderers never see hooks. */
  readonly postRenderStrategy?: PostRenderStrategy;
  /** Texts of JSON schemas that others refer to, by URL. Without it such a reference is refused: nothing is fetched. */
  readonly remoteSchema?: (url: string) => string | undefined;
  /** Random bytes; the machine's unless given. */
  readonly randomBytes?: (count: number) => Uint8Array;
  /** Milliseconds since the epoch; the machine's clock unless given. */
  readonly now?: () => number;
  readonly budget?: Partial<RenderBudget>;
  /** Told of what Helm writes to stderr, one line each. */
  readonly onWarning?: (message: string) => void;
  /** Told which template begins. */
  readonly onTemplate?: (path: string) => void;
}

/** A rendered chart. */
export interface RenderedRelease {
  /** The chart with its dependencies decided: what a release record keeps. */
  readonly chart: Chart;
  /** In the order of installation; empty after a Helm 3 post-renderer, which leaves only text. */
  readonly manifests: readonly Manifest[];
  /** In the order of kinds, as Helm keeps them; each event's execution order is by weight, then name. */
  readonly hooks: readonly Hook[];
  /** Files of `crds/`, dependencies' included, in Helm's order. */
  readonly crds: readonly ChartCrd[];
  readonly notes: string;
  /** The release record's `manifest`: every manifest behind `---` and `# Source: <path>`; CRDs are not in it. */
  readonly manifest: string;
  readonly warnings: readonly string[];
}
