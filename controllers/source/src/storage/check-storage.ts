import { sourceConditionTypes, sourceReasons, type Artifact } from "@eddy/api";
import { messageOf } from "@eddy/core/errors";
import type { Run, StatusPatch } from "@eddy/runtime/controller";
import { ownerOf } from "../source/owner.ts";
import type { SourcePorts } from "../source/ports.ts";
import type { Source } from "../source/source.ts";

/**
 * The artifact that the status records, if it can still be handed out, with the URL that it has now. Old files are
 * removed. A missing or damaged artifact leaves the status, so that it is built again. Source: Flux spec 3.1 step 1.
 */
export async function checkStorage<T extends Source>(
  run: Run<T>,
  ports: Pick<SourcePorts, "artifacts">,
): Promise<Artifact | undefined> {
  const recorded = run.object.status?.artifact;
  if (!recorded) {
    forget(run, "building artifact");
    return undefined;
  }
  await collectGarbage(run, recorded, ports);
  if (await ports.artifacts.verify(recorded)) return ports.artifacts.withCurrentUrl(recorded);
  run.stageStatus({ artifact: null } as StatusPatch<T>);
  forget(run, "building artifact: disappeared from storage");
  return undefined;
}

/** Whether the disk has it too: what the disk refused is handed out in this process, and stored once the disk takes it. */
export function isComplete(stored: Artifact, { artifacts }: Pick<SourcePorts, "artifacts">): boolean {
  return !artifacts.isUnstored(stored);
}

function forget<T extends Source>(run: Run<T>, message: string): void {
  run.removeCondition(sourceConditionTypes.artifactInStorage);
  run.progress(message);
}

async function collectGarbage<T extends Source>(
  run: Run<T>,
  keep: Artifact,
  { artifacts }: Pick<SourcePorts, "artifacts">,
): Promise<void> {
  try {
    const count = await artifacts.collectGarbage(ownerOf(run.object), keep);
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
