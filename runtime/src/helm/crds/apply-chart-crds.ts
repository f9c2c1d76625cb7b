import type { Chart, ChartCrd } from "@eddy/helm";
import { messageOf } from "@eddy/core/errors";
import { failure, type ActionContext } from "../actions/action-context.ts";
import type { ChartRequest, CrdsPolicy } from "../requests.ts";
import { applyCrds } from "./apply-crds.ts";
import { listCrds } from "./list-crds.ts";

/**
 * Applies the definitions of the request's chart, and of those dependencies that its values enable, before anything is rendered:
 * templates ask which kinds are served.
 * @throws ReleaseError RELEASE_CRDS_FAILED.
 */
export async function applyChartCrds(
  request: ChartRequest & { crds?: CrdsPolicy },
  options: { defaultPolicy: CrdsPolicy; serverSideApply: boolean; context: ActionContext },
): Promise<void> {
  const { crds: policy = options.defaultPolicy, chart, values, dialect = "helm4", crdLabels } = request;
  if (policy === "Skip" || !hasCrds(chart)) return;
  let crds: ChartCrd[];
  try {
    crds = listCrds(chart, values, dialect);
  } catch (error) {
    throw failure("RELEASE_RENDER_FAILED", `chart dependencies processing failed: ${messageOf(error)}`, error);
  }
  await applyCrds(crds, { policy, ...options, ...(crdLabels ? { labels: crdLabels } : {}) });
}

function hasCrds({ files, dependencies }: Chart): boolean {
  return files.some(({ name }) => name.startsWith("crds/")) || dependencies.some(hasCrds);
}
