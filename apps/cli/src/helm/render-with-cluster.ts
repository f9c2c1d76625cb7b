import { listCrds, type Chart, type HelmDialect, type RenderedRelease, type Values } from "@eddy/helm";
import { installRelease, ReleaseError, type InstallRequest, type ReleasePorts } from "@eddy/runtime/helm";

/** What is rendered with a cluster, and for which release. */
export interface RenderWithClusterRequest extends Pick<
  InstallRequest,
  "name" | "namespace" | "skipSchemaValidation" | "subNotes" | "hideSecrets" | "takeOwnership" | "labels"
> {
  readonly chart: Chart;
  readonly values: Values;
  readonly dialect: HelmDialect;
  readonly isUpgrade: boolean;
  readonly onWarning: (line: string) => void;
}

/**
 * `helm template --validate` and `--dry-run=server`: renders with what the cluster serves and has (`lookup`), and checks as an
 * installation does that it knows each kind, and that nobody else owns an object; nothing is written. With `isUpgrade` owners are not
 * asked. Fields are not checked: a server of today does that itself, when it is written to. Source: Helm 4 `action/install.go`.
 * @throws ReleaseError; RELEASE_RENDER_FAILED is told with Helm's hint.
 */
export async function renderWithCluster(
  { isUpgrade, onWarning, ...request }: RenderWithClusterRequest,
  ports: ReleasePorts,
): Promise<RenderedRelease> {
  let rendered: RenderedRelease | undefined;
  const keeping: ReleasePorts = {
    ...ports,
    async render(chart, options) {
      rendered = await ports.render(chart, { ...options, release: { ...options.release, isUpgrade } });
      return rendered;
    },
  };
  if (listCrds(request.chart).length > 0)
    onWarning("This chart or one of its subcharts contains CRDs. Rendering may fail or contain inaccuracies.");
  const takeOwnership = isUpgrade || (request.takeOwnership ?? false);
  await installRelease({ ...request, takeOwnership, dryRun: "server" }, keeping);
  if (!rendered) throw new ReleaseError("RELEASE_RENDER_FAILED", "nothing was rendered", { class: "terminal" });
  return rendered;
}
