import type { Capabilities, Chart, ReleaseIdentity, RenderedRelease } from "@eddy/helm";
import { messageOf } from "@eddy/core/errors";
import { storeChart } from "../record/chart-record.ts";
import type { Release, ReleaseHook } from "../record/release.ts";
import { ReleaseError } from "../release-error.ts";
import type { ChartRequest } from "../requests.ts";
import { systemLabels } from "../storage/storage-object.ts";
import { failure, type ActionContext } from "./action-context.ts";

/** What of a release rendering decides. */
export type RenderedParts = Pick<Release, "chart" | "manifest" | "hooks" | "config"> & {
  notes: string;
  crds: RenderedRelease["crds"];
};

/**
 * Renders the request's chart for a revision.
 * @throws ReleaseError RELEASE_RENDER_FAILED (terminal) with what the engine says.
 */
export async function renderRelease(
  request: ChartRequest,
  { release, capabilities }: { release: ReleaseIdentity; capabilities: Capabilities | undefined },
  context: ActionContext,
): Promise<RenderedParts> {
  const { chart, values, dialect = "helm4", dryRun = "none", hideSecrets = false } = request;
  refuseLibrary(chart);
  const rendered = await render();
  const manifest = hideSecrets ? hiddenManifest(rendered) : rendered.manifest;
  const hooks = rendered.hooks.map(storeHook);
  return {
    chart: storeChart(rendered.chart),
    ...(manifest === "" ? {} : { manifest }),
    ...(hooks.length === 0 ? {} : { hooks }),
    ...(Object.keys(values).length === 0 ? {} : { config: values }),
    notes: rendered.notes,
    crds: rendered.crds,
  };

  async function render(): Promise<RenderedRelease> {
    try {
      return await context.render(chart, {
        release,
        values,
        ...(capabilities ? { capabilities } : {}),
        dialect,
        subNotes: request.subNotes ?? false,
        skipSchemaValidation: request.skipSchemaValidation ?? false,
        lookup: dryRun !== "client",
      });
    } catch (error) {
      throw failure("RELEASE_RENDER_FAILED", messageOf(error), error);
    }
  }
}

function refuseLibrary({ metadata: { type } }: Chart): void {
  if (type === "" || type === "application") return;
  throw new ReleaseError("RELEASE_REQUEST_INVALID", `${type} charts are not installable`, { class: "terminal" });
}

function hiddenManifest({ manifests }: RenderedRelease): string {
  return manifests
    .map(({ path, content, head }) => {
      const isSecret = head.kind === "Secret" && head.apiVersion === "v1";
      return `---\n# Source: ${path}\n${isSecret ? "# HIDDEN: The Secret output has been suppressed" : content}\n`;
    })
    .join("");
}

function storeHook(hook: RenderedRelease["hooks"][number]): ReleaseHook {
  const { name, kind, path, manifest, events, weight, deletePolicies, outputLogPolicies } = hook;
  return {
    name,
    kind,
    path,
    manifest,
    events,
    last_run: { phase: "" },
    ...(weight === 0 ? {} : { weight }),
    ...(deletePolicies.length === 0 ? {} : { delete_policies: deletePolicies }),
    ...(outputLogPolicies.length === 0 ? {} : { output_log_policies: outputLogPolicies }),
  };
}

/** @throws ReleaseError RELEASE_REQUEST_INVALID (terminal) for labels that are Helm's own. */
export function refuseSystemLabels(labels: Readonly<Record<string, string>>): void {
  if (!Object.keys(labels).some((key) => systemLabels.includes(key))) return;
  throw new ReleaseError(
    "RELEASE_REQUEST_INVALID",
    `user supplied labels contains system reserved label name. System labels: [${systemLabels.join(" ")}]`,
    { class: "terminal" },
  );
}
