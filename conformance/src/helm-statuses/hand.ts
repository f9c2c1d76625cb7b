import { helmGroup, sourceGroup, type HelmRelease, type HelmReleaseSpec } from "@eddy/api";
import { isTrue } from "@eddy/core/conditions";
import type { ObjectKey } from "@eddy/kube";
import { listInventory } from "@eddy/runtime/inventory";
import { SideHand, type Files, type SideKind } from "../side-hand.ts";

/** A person who works with HelmReleases of the chart `app`. */
export class Hand extends SideHand<HelmRelease> {
  protected readonly kind: SideKind = { group: helmGroup, kind: "HelmRelease", version: "v2" };
  protected override readonly settlingMs: number = 1_000;

  /** Creates the namespace, and the HelmChart `app` without an artifact. */
  override async open(): Promise<void> {
    await super.open();
    const sourceRef = { kind: "HelmRepository", name: "charts" };
    await this.create(`${sourceGroup}/v1`, "HelmChart", "app", { interval: "1h", chart: "app", sourceRef });
  }

  /** Gives the HelmChart a version, as its controller would. */
  async publish(version: string, templates: Files, more: Files = {}): Promise<void> {
    const files = Object.fromEntries([
      ["app/Chart.yaml", `apiVersion: v2\nname: app\nversion: ${version}\nappVersion: "${version}"\n`],
      ...Object.entries(templates).map(([name, text]) => [`app/templates/${name}`, text]),
      ...Object.entries(more).map(([name, text]) => [`app/${name}`, text]),
    ]) as Files;
    const time = "2026-01-01T00:00:00Z";
    const ready = {
      type: "Ready",
      status: "True",
      reason: "ChartPullSucceeded",
      message: "",
      lastTransitionTime: time,
    };
    const status = { observedGeneration: 1, observedChartName: "app", conditions: [ready] };
    const content = { revision: version, fileName: `app-${version}.tgz`, files };
    await this.putArtifact({ kind: "HelmChart", name: "app" }, content, status);
  }

  /** Creates a HelmRelease of the chart with this spec. */
  async release(spec: Partial<HelmReleaseSpec>, name = "app"): Promise<void> {
    const chartRef = { kind: "HelmChart", name: "app" };
    const chart = spec.chart ? {} : { chartRef };
    await this.create(`${helmGroup}/v2`, "HelmRelease", name, { interval: "1h", timeout: "5s", ...chart, ...spec });
  }

  /** Waits until a pass over the spec as it is has ended. */
  ended(name = "app"): Promise<void> {
    return this.endedWhen(() => true, name);
  }

  /** Waits until nothing more is tried. */
  stalled(name = "app"): Promise<void> {
    return this.endedWhen(({ status }) => isTrue(status?.conditions, "Stalled"), name);
  }

  protected summarize({ status }: HelmRelease): { seen: object; objects: readonly ObjectKey[] } {
    const {
      conditions: _conditions,
      inventory,
      history,
      lastHandledReconcileAt: _handled,
      lastAttemptedReleaseActionDuration: _took,
      ...rest
    } = status ?? {};
    const releases = (history ?? []).map(
      ({ digest: _digest, firstDeployed: _first, lastDeployed: _last, deleted, ...snapshot }) => ({
        ...snapshot,
        isDeleted: deleted !== undefined,
      }),
    );
    // While it is tried again and again, how often that was is a matter of the moment.
    const isTrying = isTrue(status?.conditions, "Reconciling") && !isTrue(status?.conditions, "Ready");
    const counted = isTrying ? { failures: 0, installFailures: 0, upgradeFailures: 0 } : {};
    return {
      seen: { inventory: inventory?.entries, history: releases, rest: { ...rest, ...counted } },
      objects: listInventory(inventory?.entries).map(({ ref, version }) => ({ ...ref, version })),
    };
  }

  protected isRoutine(): boolean {
    return false;
  }
}
