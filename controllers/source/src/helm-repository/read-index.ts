import { sourceConditionTypes, sourceReasons } from "@eddy/api";
import { messageOf } from "@eddy/core/errors";
import { defaultIndexLimits, parseIndex, type ParsedIndex } from "@eddy/helm";
import { StepError } from "@eddy/runtime/controller";
import { runInSteps } from "../chart-repository/run-in-steps.ts";

/**
 * The index as it is stored. Others work in between, however large it is.
 * @throws StepError IndexationFailed (retry) with FetchFailed
 */
export async function readIndex(bytes: Buffer, maxBytes: number, signal: AbortSignal): Promise<ParsedIndex> {
  try {
    return await runInSteps(parseIndex(bytes, { ...defaultIndexLimits, maxBytes }), signal);
  } catch (cause) {
    if (signal.aborted) throw cause;
    throw new StepError(
      sourceReasons.indexationFailed,
      `failed to load Helm repository from index YAML: failed to load index: ${messageOf(cause)}`,
      { cause, class: "retry", condition: sourceConditionTypes.fetchFailed },
    );
  }
}
