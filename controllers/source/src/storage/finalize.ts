import { sourceReasons } from "@eddy/api";
import { messageOf } from "@eddy/core/errors";
import { StepError, type Outcome, type Run } from "@eddy/runtime/controller";
import { ownerOf } from "../source/owner.ts";
import type { SourcePorts } from "../source/ports.ts";
import type { Source } from "../source/source.ts";

/** Removes the artifacts of a deleted source; a disk that refuses keeps the object until it does not. */
export async function finalizeSource<T extends Source>(
  run: Run<T>,
  { artifacts }: Pick<SourcePorts, "artifacts">,
): Promise<Outcome<T>> {
  try {
    const count = await artifacts.removeAll(ownerOf(run.object));
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
