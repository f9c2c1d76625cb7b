import { sourceReasons, type GitRepository } from "@eddy/api";
import { messageOf } from "@eddy/core/errors";
import { StepError, type Outcome, type Run } from "@eddy/runtime/controller";
import { ownerKey, ownerOf } from "./owner.ts";
import type { Ports } from "./ports.ts";

/** Removes the artifacts of a deleted GitRepository; a disk that refuses keeps the object until it does not. */
export async function finalizeGitRepository(run: Run<GitRepository>, ports: Ports): Promise<Outcome<GitRepository>> {
  ports.remotes.release(ownerKey(run.object));
  try {
    const count = await ports.artifacts.removeAll(ownerOf(run.object));
    if (count > 0) {
      run.event({
        severity: "trace",
        reason: sourceReasons.garbageCollectionSucceeded,
        message: "garbage collected artifacts for deleted resource",
      });
    }
    return run.finalized();
  } catch (cause) {
    return run.failed(
      new StepError(
        sourceReasons.garbageCollectionFailed,
        `garbage collection for deleted resource failed: ${messageOf(cause)}`,
        { cause },
      ),
    );
  }
}
