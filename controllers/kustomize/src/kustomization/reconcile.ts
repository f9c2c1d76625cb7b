import type { Kustomization } from "@eddy/api";
import { hasChanged } from "@eddy/runtime/apply";
import type { Outcome, Run } from "@eddy/runtime/controller";
import { statusBy } from "@eddy/runtime/health";
import { applyObjects } from "./apply.ts";
import { requireVotes } from "./approve.ts";
import { requireDependencies } from "./check-dependencies.ts";
import { waitForHealth } from "./check-health.ts";
import { determineChildStatus } from "./child-status.ts";
import { resolveCluster } from "./cluster.ts";
import { fetchArtifact, resolvePath } from "./fetch-artifact.ts";
import type { Ports } from "./ports.ts";
import { pruneOrphans, refuseEmptyBuild } from "./prune.ts";
import { render } from "./render.ts";
import { openReport } from "./report.ts";
import { proveRest } from "./rest.ts";
import { resolveSource } from "./resolve-source.ts";

/** One level-based pass over one Kustomization: safe to run twice, from any state. Steps throw StepError. */
export async function reconcileKustomization(run: Run<Kustomization>, ports: Ports): Promise<Outcome<Kustomization>> {
  const { object, signal } = run;
  const customStatusOf = await run.step("CompileExpressions", () =>
    ports.expressions.customStatusOf(object.spec.healthCheckExprs),
  );
  const source = await run.step("ResolveSource", () => resolveSource(object, ports));
  run.reveal(source.revision, object.spec.serviceAccountName);
  const report = openReport(run, source, ports);
  await run.step("CheckDependencies", () => requireDependencies(object, source, ports));

  report.progress("Fetching manifests");
  const tree = await run.step("Fetch", () => fetchArtifact(source.artifact, ports, signal));
  const path = await run.step("ResolvePath", () => resolvePath(tree, object.spec.path));
  report.attempted("Building manifests");
  const cluster = await run.step("ResolveCluster", () => resolveCluster(object, ports));
  const { objects, digest } = await render(run, tree, path, ports);
  run.reveal(...objects.flatMap(({ kind, metadata }) => [kind, metadata.namespace, metadata.name]));
  refuseEmptyBuild(object, objects);

  report.rendered(digest, "Detecting drift");
  const close = await run.step("Approve", () => requireVotes(object, { revision: source.revision, digest }, ports));
  const changes = await run.step("Apply", () => applyObjects(run, objects, cluster, ports));
  const restHolds = proveRest(object, source, changes, cluster, ports);
  await run.step("Prune", () => pruneOrphans(run, changes, cluster, ports.settings), {
    reason: "PruneFailed",
  });
  const statusOf = statusBy(
    ports.clock,
    (subject) => customStatusOf(subject) ?? (cluster.isRemote ? undefined : determineChildStatus(subject, ports)),
  );
  const check = { changes, objects, revision: source.revision, statusOf };
  await run.step("HealthCheck", () => waitForHealth(run, check, cluster, ports));
  await close?.();
  return report.succeeded(!changes.some(hasChanged), restHolds);
}
