import { sourceConditionTypes, sourceReasons, type Artifact, type GitRepository } from "@eddy/api";
import type { Run } from "@eddy/runtime/controller";
import { messageOf } from "@eddy/core/errors";
import { ownerOf } from "./owner.ts";
import type { Ports } from "./ports.ts";

/**
 * The artifact that the status records, if it can still be handed out, with the URL that it has now. Old files are
 * removed. A missing or damaged artifact leaves the status, so that it is built again. Source: Flux spec 3.1 step 1.
 */
export async function checkStorage(run: Run<GitRepository>, ports: Ports): Promise<Artifact | undefined> {
  const recorded = run.object.status?.artifact;
  if (!recorded) {
    forget(run, "building artifact");
    return undefined;
  }
  await collectGarbage(run, recorded, ports);
  if (await ports.artifacts.verify(recorded)) return ports.artifacts.withCurrentUrl(recorded);
  run.stageStatus({ artifact: null });
  forget(run, "building artifact: disappeared from storage");
  return undefined;
}

function forget(run: Run<GitRepository>, message: string): void {
  run.removeCondition(sourceConditionTypes.artifactInStorage);
  run.progress(message);
}

async function collectGarbage(run: Run<GitRepository>, keep: Artifact, ports: Ports): Promise<void> {
  try {
    const count = await ports.artifacts.collectGarbage(ownerOf(run.object), keep);
    if (count === 0) return;
    run.event({
      severity: "trace",
      reason: sourceReasons.garbageCollectionSucceeded,
      message: `garbage collected ${count} artifacts`,
    });
  } catch (error) {
    run.logger.log("error", `garbage collection of artifacts failed: ${messageOf(error)}`);
  }
}
