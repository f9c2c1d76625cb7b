import { sourceConditionTypes, sourceReasons, type OCIRepository } from "@eddy/api";
import { formatReference } from "@eddy/oci";
import type { Outcome, Run } from "@eddy/runtime/controller";
import { resolveRegistryAccess } from "../access/registry-access.ts";
import { ownerKey } from "../source/owner.ts";
import { announce, announceBuild, storedNew, unchanged } from "../source/report.ts";
import { checkStorage, isComplete } from "../storage/check-storage.ts";
import { linkArtifact } from "../storage/link-artifact.ts";
import { contentChanged, observedContent } from "./content-changed.ts";
import type { Ports } from "./ports.ts";
import { pullLayer } from "./pull-layer.ts";
import { repositoryOf, resolveRevision } from "./resolve-revision.ts";
import { storeLayer } from "./store-layer.ts";
import { forgetFailedVerification, verifySignature } from "./verify-signature.ts";
import { ociRepositoryWords, storedMessage } from "./words.ts";

const latest = "latest.tar.gz";

/** One level-based pass over one OCIRepository: safe to run twice, from any state. Steps throw StepError. */
export async function reconcileOCIRepository(run: Run<OCIRepository>, ports: Ports): Promise<Outcome<OCIRepository>> {
  const { object, signal } = run;
  const { url } = object.spec;
  announce(run);
  // What an earlier pass could not do is found out anew.
  run.removeCondition(sourceConditionTypes.storageOperationFailed, sourceConditionTypes.artifactOutdated);
  forgetFailedVerification(run);
  const stored = await run.step("Storage", () => checkStorage(run, ports), {
    condition: sourceConditionTypes.storageOperationFailed,
  });
  repositoryOf(object);
  const access = await run.step("Access", () => resolveRegistryAccess(object, url, ports));
  const client = ports.registries.open(ownerKey(object), access);

  const resolved = await run.step("Resolve", () => resolveRevision(client, object, signal));
  const { revision } = resolved;
  const isNew = stored?.revision !== revision;
  const found = `new revision '${revision}' for '${formatReference(resolved.reference)}'`;
  if (isNew) announceBuild(run, stored, sourceReasons.newRevision, found);
  await run.step("Verify", () => verifySignature(run, { client, resolved, isNew }, ports));
  if (stored && !isNew && isComplete(stored, ports) && !contentChanged(object))
    return unchanged(run, stored, storedMessage(url, stored), ociRepositoryWords);
  const layer = await run.step("Pull", () => pullLayer(client, object, resolved, signal));
  run.removeCondition(sourceConditionTypes.fetchFailed);

  const { artifact, failure } = await run.step("Archive", () => storeLayer(object, resolved, layer, ports));
  if (failure) return run.failed(failure, { artifact, ...observedContent(object) });
  const link = await linkArtifact(run, artifact, latest, ports);
  const observed = { ...observedContent(object), ...(link === undefined ? {} : { url: link }) };
  return storedNew(run, artifact, { message: storedMessage(url, artifact), observed }, ociRepositoryWords);
}
