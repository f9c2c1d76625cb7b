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

/** `<namespace>/<name>`, as people are told. Pure. */
export function automationOf({ metadata }: ImageUpdateAutomation): string {
  return `${metadata.namespace ?? ""}/${metadata.name}`;
}

/** What commits are known by: also clusters that have an automation of one name each do not take the other's for their own. Pure. */
export function wishOf({ object }: Pick<ReviewContext, "object">): { automation: string; email: string } {
  const automation = `${automationOf(object)}/${(object.metadata.uid ?? "").slice(0, 8)}`;
  return { automation, email: object.spec.git?.commit.author.email ?? "" };
}

/** A commit that has all of a branch's files. */
export type Base = Pick<GitCommit, "sha" | "tree" | "revision">;
