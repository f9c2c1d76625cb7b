import type {
  Capabilities,
  HelmDialect,
  PostRenderer,
  PostRenderStrategy,
  ReleaseIdentity,
  RenderBudget,
  Values,
} from "@eddy/helm";

/** An object of a cluster, or a list with `items`. */
export type LookedUpObject = Readonly<Record<string, unknown>>;

/** Asks a cluster for what templates look up; undefined where it is not there. With an empty name: a list. */
export type LookupObject = (
  apiVersion: string,
  kind: string,
  namespace: string,
  name: string,
) => Promise<LookedUpObject | undefined>;

/** What a chart is rendered with. */
export interface RenderChartRequest {
  readonly release: ReleaseIdentity;
  readonly values: Values;
  /** The dialect's own unless given. */
  readonly capabilities?: Capabilities;
  readonly dialect?: HelmDialect;
  readonly subNotes?: boolean;
  readonly skipSchemaValidation?: boolean;
  /** Without it, `lookup` finds nothing. */
  readonly lookup?: LookupObject;
  /** Runs here, never in a worker. */
  readonly postRenderer?: PostRenderer;
  readonly postRenderStrategy?: PostRenderStrategy;
  readonly signal?: AbortSignal;
}

/** The part of a request that a worker is sent. */
export interface RenderJob {
  readonly release: ReleaseIdentity;
  readonly values: Values;
  readonly capabilities?: Capabilities;
  readonly dialect?: HelmDialect;
  readonly subNotes?: boolean;
  readonly skipSchemaValidation?: boolean;
  readonly budget: RenderBudget;
  /** What has been looked up; undefined where templates may not look up. */
  readonly found?: ReadonlyMap<string, LookedUpObject | undefined>;
}

/** What rendering a job gives. */
export type RenderAnswer =
  | {
      readonly kind: "rendered";
      readonly files: ReadonlyMap<string, string>;
      readonly notes: string;
      readonly warnings: readonly string[];
    }
  | { readonly kind: "missing"; readonly lookups: readonly string[] }
  | { readonly kind: "failed"; readonly error: RenderFailure };

/** An error in a form that crosses threads. */
export interface RenderFailure {
  readonly code: string;
  readonly message: string;
  readonly position?: { readonly file?: string; readonly line?: number; readonly column?: number };
}
