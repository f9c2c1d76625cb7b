import type { KubeObject } from "@eddy/core/object";
import type { FileTree } from "@eddy/core/tree";
import type { Node } from "@eddy/goyaml";

/**
 * `legacy` sorts as the command `kustomize build` does; `none` keeps the order of building, as the library without a reorder
 * option does, which is what Flux's controller prints. A kustomization's own `sortOptions` beats both.
 */
export type BuildOrder = "legacy" | "none";

/** Fetches a remote base or file. Off unless given: without it a remote reference is refused. */
export interface RemoteLoader {
  /**
   * The tree of a Git repository that `url` names (every form that `git clone` and upstream's hashicorp-like shorthand know),
   * with the path to build inside it. Throws when it cannot be had.
   */
  repository(url: string): { tree: FileTree; path: string };
  /** The body of an `http:` or `https:` file, at most `maxBytes` long. */
  file(url: string, maxBytes: number): Uint8Array;
}

/** Runs a generator that the engine does not have itself; `engines/helm` is to stand behind it. */
export interface HelmChartRenderer {
  /** The text of all manifests that the chart gives, for one entry of `helmCharts`, read from `tree`. */
  render(entry: Readonly<Record<string, unknown>>, tree: FileTree, directory: string): string;
}

/** How one build is bounded; the defaults are in {@link defaultBuildLimits}. */
export interface BuildLimits {
  /** The longest file that is read. */
  maxFileBytes: number;
  /** All files together. */
  maxTotalBytes: number;
  /** Kustomizations below kustomizations. */
  maxDepth: number;
  /** Objects in one set. */
  maxObjects: number;
  /** Kustomizations that are loaded, each as often as it is named. */
  maxKustomizations: number;
  /** Characters that a replacement, a var, a prefix or the like may give one field. */
  maxTextLength: number;
  /** Characters that generators, patches and all other transformers write together; an element counts 64. */
  maxWritten: number;
  /** Work of reading, choosing, walking and merging, in steps of some ten nanoseconds. */
  maxSteps: number;
}

/**
 * 32 MiB a file, 256 MiB together, 200 levels, 200,000 objects, 5,000 kustomizations, 1.5 Mi characters a text (more than etcd
 * takes of an object), 64 Mi characters written, a thousand million steps (some ten seconds). The most that any of 1,322 real
 * overlays of 17 repositories asks for: 64 kustomizations, a text of 111 characters, 90,000 characters written, 57 million steps.
 */
export const defaultBuildLimits: BuildLimits = {
  maxFileBytes: 32 * 1024 * 1024,
  maxTotalBytes: 256 * 1024 * 1024,
  maxDepth: 200,
  maxObjects: 200_000,
  maxKustomizations: 5_000,
  maxTextLength: 1.5 * 1024 * 1024,
  maxWritten: 64 * 1024 * 1024,
  maxSteps: 1_000_000_000,
};

/** Options of `buildKustomization`. */
export interface BuildOptions {
  /** Default `legacy`. */
  order?: BuildOrder;
  /** `root` (default): files only at or below their kustomization's folder. `none`: anywhere in the tree, as Flux does. */
  loadRestrictor?: "root" | "none";
  /** Laid over the kustomization at `path`, which is generated where there is none. */
  overlay?: KustomizationOverlay;
  limits?: Partial<BuildLimits>;
  remote?: RemoteLoader;
  helm?: HelmChartRenderer;
  /** Told of deprecated fields and the like, one line each. */
  onWarning?: (message: string) => void;
  /** Adds `app.kubernetes.io/managed-by: kustomize-<version>` as `--enable-managedby-label` does. */
  managedByLabel?: string;
}

/** One built object. */
export interface Resource {
  /** The object as YAML nodes: read it, do not edit it. */
  readonly node: Node;
  /** The object as plain JSON; made once and kept. */
  object(): KubeObject;
  /** Where the object came from: the file in the tree, or the kustomization whose generator made it. */
  readonly origin: string;
}

/** What a build gives. */
export interface BuildResult {
  readonly resources: readonly Resource[];
  /** All objects as upstream prints them, separated by `---`. */
  text(): string;
  /**
   * Paths in the tree that the build depends on: files read, folders listed, and paths probed and found missing. A commit that
   * touches none of them cannot change the result. Absent paths count because their appearance would.
   */
  readonly files: ReadonlySet<string>;
  /** Deprecations and other remarks, as upstream prints them on stderr. */
  readonly warnings: readonly string[];
}

/** A patch of an overlay, inline. */
export interface OverlayPatch {
  patch: string;
  target?: {
    group?: string;
    version?: string;
    kind?: string;
    name?: string;
    namespace?: string;
    labelSelector?: string;
    annotationSelector?: string;
  };
}

/** An image of an overlay. */
export interface OverlayImage {
  name: string;
  newName?: string;
  newTag?: string;
  digest?: string;
}

/**
 * The fields of Flux's Kustomization that change how a directory builds. Merged into the kustomization file as the controller
 * does: `targetNamespace`, `namePrefix`, `nameSuffix` replace, `patches` and `components` are appended, images merge by name.
 * Source: fluxcd/pkg kustomize generator.
 */
export interface KustomizationOverlay {
  targetNamespace?: string;
  namePrefix?: string;
  nameSuffix?: string;
  patches?: readonly OverlayPatch[];
  components?: readonly string[];
  /** Leaves out components whose folder is not there. */
  ignoreMissingComponents?: boolean;
  images?: readonly OverlayImage[];
  buildMetadata?: readonly string[];
  /** Set on every object after the build, replacing what is there. */
  commonMetadata?: { labels?: Readonly<Record<string, string>>; annotations?: Readonly<Record<string, string>> };
}
