import type { ImageUpdateAutomation } from "@eddy/api";
import { digestOf } from "@eddy/core/digest";
import type { FileTree } from "@eddy/core/tree";
import {
  pushChange,
  type CommitDraft,
  type GitCommit,
  type GitRemote,
  type PushedChange,
  type ResolvedRef,
} from "@eddy/git";
import { closeApproval, requireApproval, type ApprovalKey, type RequiredChange } from "@eddy/runtime/approval";
import { StepError, type Run } from "@eddy/runtime/controller";
import type { GitSigner } from "@eddy/signature";
import { findMarkers, type EditPlan } from "@eddy/source-edit";
import { draftCommit } from "./draft-commit.ts";
import { findReverted, readHeld, revertsAnnotation, stillHeld } from "./held-policies.ts";
import { planUpdate, updatePath } from "./plan-update.ts";
import type { Ports } from "./ports.ts";
import type { UpdateSource } from "./resolve-source.ts";
import type { ReadyPolicy } from "./select-policies.ts";
import { pushFailure } from "./words.ts";

/** What a commit is made of. */
export interface UpdateParts {
  readonly remote: GitRemote;
  readonly source: UpdateSource;
  readonly policies: readonly ReadyPolicy[];
  readonly checkout: ResolvedRef;
  readonly sign: GitSigner | undefined;
}

/** What came of it. */
export interface CommittedUpdate {
  /** Absent when there was nothing to commit. */
  readonly pushed: PushedChange | undefined;
  /** Of what was checked out: where the branch has moved meanwhile, that of the last look. */
  readonly checkoutRevision: string;
  /** Policies that are left alone, and their images. */
  readonly held: ReadonlyMap<string, string>;
}

/**
 * Commits what the policies' images change, on the head of the branch, however often that moves before the push.
 * @throws StepError GitOperationFailed (retry), UpdateFailed, InvalidUpdateStrategy, RemovedTemplateField
 */
export async function commitUpdate(
  run: Run<ImageUpdateAutomation>,
  parts: UpdateParts,
  ports: Ports,
): Promise<CommittedUpdate> {
  const { object, signal } = run;
  const { source, checkout, sign } = parts;
  const { target, url } = source;
  const { unmarked } = ports;
  const seen = { held: new Map<string, string>(), checkoutRevision: checkout.revision };
  let approval: ApprovalKey | undefined;
  const plan = async (base: GitCommit | undefined): Promise<CommitDraft | undefined> => {
    if (base === undefined) return undefined;
    if (!target.isOtherBranch)
      seen.checkoutRevision = checkout.refName === undefined ? checkout.revision : base.revision;
    const { edits, held } = await planOn(base.tree, object, { ...parts, unmarked }, signal);
    seen.held = held;
    if (edits.files.size === 0) return undefined;
    approval = await requireApproval(object, changeOf(edits), ports);
    return draftCommit(object, edits);
  };
  try {
    const pushed = await pushChange(url, {
      ...source.open,
      clock: ports.clock,
      branch: target.branch,
      from: target.checkout,
      signal,
      plan,
      ...(target.refspec === undefined ? {} : { refspec: target.refspec }),
      ...(target.options === undefined ? {} : { pushOptions: target.options }),
      ...(sign ? { sign } : {}),
    });
    if (approval) await closeApproval(approval, ports);
    return { pushed, ...seen };
  } catch (cause) {
    if (signal.aborted || cause instanceof StepError) throw cause;
    throw pushFailure(cause);
  }
}

/** What is voted on: exactly these scalars. */
function changeOf({ changes }: EditPlan): RequiredChange {
  const side = (value: "oldValue" | "newValue"): string =>
    changes.map((change) => `${change.file}:${change.line}=${change[value] ?? ""}`).join(", ");
  const [from, to] = [side("oldValue"), side("newValue")];
  return { from, to, digest: digestOf(`${from}\n${to}`) };
}

async function planOn(
  tree: FileTree,
  object: ImageUpdateAutomation,
  parts: UpdateParts & { unmarked: Set<string> },
  signal: AbortSignal,
): Promise<{ edits: EditPlan; held: Map<string, string> }> {
  const { policies, unmarked } = parts;
  const edits = planUpdate(tree, object, policies, unmarked);
  const respects = object.metadata.annotations?.[revertsAnnotation] !== "overwrite";
  if (!respects || edits.changes.length === 0) return { edits, held: new Map() };
  const known = readHeld(object.status?.conditions);
  const held = stillHeld(known, policies, edits.changes);
  for (const [policy, image] of await revertedNow(edits, object, parts, signal)) held.set(policy, image);
  if (held.size === 0) return { edits, held };
  const free = policies.filter(({ name }) => !held.has(name));
  return { edits: planUpdate(tree, object, free, unmarked), held };
}

/** Policies whose committed images a person has changed since the revision that was dealt with last. */
async function revertedNow(
  edits: EditPlan,
  { spec, status }: ImageUpdateAutomation,
  { remote, source, policies, unmarked }: UpdateParts & { unmarked: Set<string> },
  signal: AbortSignal,
): Promise<ReadonlyMap<string, string>> {
  const commit = /^.*sha1:([0-9a-f]{40})$/.exec(status?.observedSourceRevision ?? "")?.[1];
  const observed = status?.observedPolicies ?? {};
  // Of a branch of its own only the one it starts from is known.
  if (commit === undefined || source.target.isOtherBranch) return new Map();
  try {
    const before = await remote.fetch({ revision: `sha1:${commit}`, commit }, { signal });
    const fields = findMarkers(before.tree, { paths: [updatePath(spec.update?.path)], unmarked });
    return findReverted(edits.changes, fields, policies, observed);
  } catch (error) {
    if (signal.aborted) throw error;
    // A history that was rewritten, or a server that gives no old commits: nothing is known, nothing is held.
    return new Map();
  }
}
