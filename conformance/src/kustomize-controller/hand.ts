import { kustomizeGroup, sourceGroup, type Kustomization, type KustomizationSpec } from "@eddy/api";
import { sha256 } from "@eddy/core/digest";
import type { ObjectKey } from "@eddy/kube";
import { listInventory } from "@eddy/runtime/inventory";
import { SideHand, type Files, type SideKind } from "../side-hand.ts";

/** A person who works with Kustomizations. */
export class Hand extends SideHand<Kustomization> {
  protected readonly kind: SideKind = { group: kustomizeGroup, kind: "Kustomization", version: "v1" };
  private published = "";

  /** Creates the namespace and two sources without artifacts. */
  override async open(): Promise<void> {
    await super.open();
    for (const name of ["source", "other"])
      await this.create(`${sourceGroup}/v1`, "GitRepository", name, { interval: "1h", url: "https://git.example/app" });
  }

  /** Gives the source a new artifact, as a push would. */
  async publish(files: Files, name = "source"): Promise<void> {
    const commit = sha256(JSON.stringify(files)).slice(0, 40);
    this.published = `main@sha1:${commit}`;
    const content = { revision: this.published, fileName: `${commit}.tar.gz`, files };
    await this.putArtifact({ kind: "GitRepository", name }, content);
  }

  /** Creates a Kustomization of the source with this spec. */
  async kustomize(spec: Partial<KustomizationSpec>, name = "app"): Promise<void> {
    const settled = { interval: "1h", retryInterval: "1h", timeout: "30s", prune: true };
    const sourceRef = { kind: "GitRepository", name: "source" };
    await this.create(`${kustomizeGroup}/v1`, "Kustomization", name, { ...settled, sourceRef, ...spec });
  }

  /** Waits until a pass over what was published last and the spec as it is has ended. */
  ended(name = "app"): Promise<void> {
    return this.endedWhen(({ status }) => status?.lastAttemptedRevision === this.published, name);
  }

  protected summarize({ status }: Kustomization): { seen: object; objects: readonly ObjectKey[] } {
    const { conditions: _conditions, inventory, history, lastHandledReconcileAt: _handled, ...rest } = status ?? {};
    const outcomes = (history ?? []).map(({ lastReconciledStatus, metadata }) => ({ lastReconciledStatus, metadata }));
    return {
      seen: { inventory: inventory?.entries, history: outcomes, rest },
      objects: listInventory(inventory?.entries).map(({ ref, version }) => ({ ...ref, version })),
    };
  }

  protected isRoutine(message: string): boolean {
    return message.startsWith("Reconciliation finished in ");
  }
}
