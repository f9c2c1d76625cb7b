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
  const link = run.object.status?.url;
  if (await ports.artifacts.verify(recorded)) {
    const current = ports.artifacts.withCurrentUrl(recorded);
    const moved = link === undefined ? undefined : movedLink(link, current.url);
    if (moved !== undefined) run.stageStatus({ url: moved } as StatusPatch<T>);
    return current;
  }
  run.stageStatus({ artifact: null, ...(link === undefined ? {} : { url: null }) } as StatusPatch<T>);
  forget(run, "building artifact: disappeared from storage");
  return undefined;
}

/** Whether the disk has it too: what the disk refused is handed out in this process, and stored once the disk takes it. */
export function isComplete(stored: Artifact, { artifacts }: Pick<SourcePorts, "artifacts">): boolean {
  return !artifacts.isUnstored(stored);
}

/** The link under the host that artifacts have now, or undefined where it has that already. */
function movedLink(link: string, artifactUrl: string): string | undefined {
  if (!URL.canParse(link) || !URL.canParse(artifactUrl)) return undefined;
  const { origin } = new URL(artifactUrl);
  const path = link.slice(new URL(link).origin.length);
  // Not rebuilt from the parsed URL, which would normalise it.
  return link.startsWith(`${origin}/`) || path === link ? undefined : `${origin}${path}`;
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
