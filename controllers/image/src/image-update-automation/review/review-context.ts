import type { ImageUpdateAutomation } from "@eddy/api";
import type { ForgeAccess } from "@eddy/forge";
import type { GitCommit, PushedChange } from "@eddy/git";
import type { GitSigner } from "@eddy/signature";
import type { Ports } from "../ports.ts";
import type { UpdateSource } from "../resolve-source.ts";
import type { ReviewSettings } from "./settings.ts";

/** What a pass over the pull requests of one automation works with. */
export interface ReviewContext {
  readonly object: ImageUpdateAutomation;
  readonly settings: ReviewSettings;
  readonly source: UpdateSource;
  readonly sign: GitSigner | undefined;
  readonly access: ForgeAccess;
  readonly signal: AbortSignal;
  readonly ports: Ports;
  /** Told of each push at once, whatever comes after it. */
  readonly onPushed: (pushed: PushedChange) => Promise<void>;
}

/** `<namespace>/<name>`, as commits and people are told. Pure. */
export function automationOf({ metadata }: ImageUpdateAutomation): string {
  return `${metadata.namespace ?? ""}/${metadata.name}`;
}

/** What commits are known by. Pure. */
export function wishOf({ object }: ReviewContext): { automation: string; email: string } {
  return { automation: automationOf(object), email: object.spec.git?.commit.author.email ?? "" };
}

/** A commit that has all of a branch's files. */
export type Base = Pick<GitCommit, "sha" | "tree" | "revision">;
