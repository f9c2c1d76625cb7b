import { sourceConditionTypes, sourceReasons, type GitRepository } from "@eddy/api";
import type { Outcome, Run } from "@eddy/runtime/controller";
import { announce, announceBuild, storedNew, unchanged } from "../source/report.ts";
import { checkStorage, isComplete } from "../storage/check-storage.ts";
import { storeTree } from "../storage/store-artifact.ts";
import { contentChanged, observedContent } from "./content-changed.ts";
import { copyIncludes } from "./copy-includes.ts";
import { fetchCommit } from "./fetch-commit.ts";
import type { Ports } from "./ports.ts";
import { resolveAccess } from "./resolve-access.ts";
import { includesChanged, resolveIncludes } from "./resolve-includes.ts";
import { resolveRevision } from "./resolve-revision.ts";
import { isVerified, verifySignatures } from "./verify-signatures.ts";
import { gitRepositoryWords, storedMessage } from "./words.ts";

/** One level-based pass over one GitRepository: safe to run twice, from any state. Steps throw StepError. */
export async function reconcileGitRepository(run: Run<GitRepository>, ports: Ports): Promise<Outcome<GitRepository>> {
  const { object, signal } = run;
  announce(run);
  // What an earlier pass could not do is found out anew.
  run.removeCondition(sourceConditionTypes.storageOperationFailed, sourceConditionTypes.artifactOutdated);
  const stored = await run.step("Storage", () => checkStorage(run, ports), {
    condition: sourceConditionTypes.storageOperationFailed,
  });
  const remote = await run.step("Access", () => resolveAccess(object, ports));
  const includes = await run.step("ResolveIncludes", () => resolveIncludes(object, ports));
  run.removeCondition(sourceConditionTypes.includeUnavailable);
  if (includesChanged(includes, object.status?.includedArtifacts)) {
    announceBuild(run, stored, sourceReasons.includeChange, "included artifacts differ from last observed includes");
  }

  const resolved = await run.step("Poll", () => resolveRevision(remote, object, signal));
  const isKnown = stored?.revision === resolved.revision && isComplete(stored, ports) && isVerified(object);
  if (isKnown && !contentChanged(object, includes))
    return unchanged(run, stored, storedMessage(stored.revision), gitRepositoryWords);
  const { commit, tree } = await run.step("Fetch", () => fetchCommit(remote, resolved, object, signal));
  run.removeCondition(sourceConditionTypes.fetchFailed);
  if (stored?.revision !== resolved.revision)
    announceBuild(run, stored, sourceReasons.newRevision, `new upstream revision '${resolved.revision}'`);

  await run.step("Verify", () => verifySignatures(run, commit, ports));
  const whole = await run.step("Include", () => copyIncludes(tree, object, includes, ports, signal));
  const { artifact, failure } = await run.step("Archive", () => {
    const content = { revision: commit.revision, fileName: `${commit.sha}.tar.gz`, tree: whole };
    return storeTree(object, content, object.spec.ignore, ports);
  });
  const observed = observedContent(object, includes);
  if (failure) return run.failed(failure, { artifact, ...observed });
  return storedNew(run, artifact, { message: storedMessage(commit.message), observed }, gitRepositoryWords);
}
