import type { KubeObject, ObjectMeta } from "@eddy/core/object";
import type { ReconciledStatus } from "../structs/status.ts";

/** One change of images or of update policies, made once: planned, committed, applied, and the rollout waited for. */
export interface Release extends KubeObject {
  apiVersion: "eddy.sh/v1alpha1";
  kind: "Release";
  metadata: ObjectMeta;
  spec: ReleaseSpec;
  status?: ReleaseStatus;
}

/** What is to be changed. It never changes: another change is another Release. Exactly one of image, updateAllImages, containers, policies. */
export interface ReleaseSpec {
  /** Workloads of the Release's namespace: `deployment/web`, or `<namespace>:deployment/web`. */
  workloads?: string[];
  /** All workloads of the namespace. */
  all?: boolean;
  /** Workloads that are left out. */
  exclude?: string[];
  /** `name:tag` or `name@sha256:<hex>`, for every container with an image of this name. */
  image?: string;
  /** The newest image of each container, by its tag filter. */
  updateAllImages?: boolean;
  /** Exactly these containers, which must still run what they are said to run. */
  containers?: ContainerRelease[];
  policies?: PolicyChange;
  /** Past tag filters; and past locks of workloads that are named. */
  force?: boolean;
  /** Only plan. */
  dryRun?: boolean;
  /** Done when the workloads run what is released, instead of when it is applied. */
  wait?: boolean;
  /** How long it may take from the first pass on, or since it has its votes. Default `10m`. */
  timeout?: string;
  /** How long it is kept once it is done. Default `168h`. */
  ttl?: string;
  cause?: ReleaseCause;
}

/** A container and what it is to run. */
export interface ContainerRelease {
  workload: string;
  container: string;
  /** What it must run now. */
  current: string;
  target: string;
}

/** Flux v1's annotations, without their prefix. */
export interface PolicyChange {
  /** `automated: "true"`, `tag.web: "semver:~1"`; `tag_all` stands for every container. */
  set?: Record<string, string>;
  remove?: string[];
}

/** Who asked, and why. The API server's audit log knows who it really was. */
export interface ReleaseCause {
  /** `Name <mail>`: the commit's author. */
  user?: string;
  /** First paragraph of the commit's message. */
  message?: string;
}

/**
 * How far it is. `Planning`: what is to be done is found out; `AwaitingApproval`: the plan needs votes; `Committing`: files are edited, commits pushed; `Applying`: the cluster
 * is to get them; `RollingOut`: workloads are to become ready; `Succeeded`, `Failed`: done.
 */
export type ReleasePhase =
  | "Planning"
  | "AwaitingApproval"
  | "Committing"
  | "Applying"
  | "RollingOut"
  | "Succeeded"
  | "Failed";

/** What becomes of a workload. Source: fluxcd/flux pkg/update. */
export type WorkloadReleaseStatus = "success" | "failed" | "skipped" | "ignored" | "unknown";

/** What is, or is to be, done to one workload. */
export interface WorkloadRelease {
  /** `<namespace>:<kind>/<name>`, kind in lower case. */
  id: string;
  status: WorkloadReleaseStatus;
  /** Why not, in the words of Flux v1, and which filter, lock or workload it is. */
  reason?: string;
  containers?: WorkloadReleaseContainer[];
  /** `<namespace>/<name>` of the Kustomization that applies it. */
  kustomization?: string;
  /** `<namespace>/<name>` of the GitRepository that it is written to. */
  repository?: string;
}

/** A container's image before and after. */
export interface WorkloadReleaseContainer {
  container: string;
  /** As it stands in the cluster. */
  current: string;
  target: string;
  /** Digest that the registry gave for the target, checked against the manifest. */
  digest?: string;
}

/** A commit that was pushed. */
export interface ReleaseCommit {
  /** `<namespace>/<name>` of the GitRepository. */
  repository: string;
  /** `<branch>@sha1:<hex>`. */
  revision: string;
  message: string;
  /** RFC 3339. */
  time: string;
}

/** Something that was done. */
export interface ReleaseStep {
  message: string;
  /** RFC 3339. */
  time: string;
}

/** What became of it. */
export interface ReleaseStatus extends ReconciledStatus {
  phase?: ReleasePhase;
  /** RFC 3339; of a release that needed votes, when it had them. */
  startTime?: string;
  completionTime?: string;
  /** Sorted by id. */
  workloads?: WorkloadRelease[];
  /** The Approval in its namespace that lets the plan be committed, once it does. */
  approval?: string;
  commits?: ReleaseCommit[];
  /** In order. */
  steps?: ReleaseStep[];
  /** What came out, in one sentence. */
  result?: string;
}
