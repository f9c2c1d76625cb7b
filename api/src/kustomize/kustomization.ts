import { confirmPruneAtAnnotation } from "../annotations.ts";
import { valueAt, type KubeObject } from "@eddy/core/object";
import { messageCliColumn, readyCliColumn, revisionCliColumn, suspendedCliColumn, textAt } from "../cli-columns.ts";
import { defineKind } from "../define-kind.ts";
import { fluxFinalizer } from "../field-managers.ts";
import type { Kind, KindInventory, KindVersion } from "../kind.ts";
import type { ResourceRef } from "../structs/inventory.ts";
import { ageColumn, readyColumn, statusColumn } from "../printer-columns.ts";
import { createKustomization } from "./create-kustomization.ts";
import type { Kustomization } from "./kustomization-types.ts";
import { kustomizeGroup } from "./group.ts";
import { idleLegacyFields, legacyPatchFields, upgradeLegacyPatches } from "./legacy-fields.ts";
import { specSchema, statusSchema } from "./kustomization-schema.ts";

function version(name: string, deprecated: boolean): KindVersion {
  return {
    name,
    served: true,
    storage: !deprecated,
    ...(deprecated ? { deprecationWarning: `${name} Kustomization is deprecated, upgrade to v1` } : {}),
    // The patches of older versions would be pruned, in silence, on their way into storage if v1 did not know them.
    members: {
      spec: {
        ...specSchema,
        properties: { ...specSchema.properties, ...legacyPatchFields, ...(deprecated ? idleLegacyFields : {}) },
      },
      status: statusSchema,
    },
    printerColumns: [ageColumn, readyColumn, statusColumn],
  };
}

function sourceOf(object: KubeObject): { kind: string; name: string; namespace: string } {
  return {
    kind: textAt(object, "spec", "sourceRef", "kind"),
    name: textAt(object, "spec", "sourceRef", "name"),
    namespace: textAt(object, "spec", "sourceRef", "namespace") || (object.metadata.namespace ?? ""),
  };
}

function inventoryOf(object: KubeObject): KindInventory {
  const entries = (valueAt(object, "status", "inventory", "entries") ?? []) as ResourceRef[];
  return { entries, isRemote: valueAt(object, "spec", "kubeConfig") !== undefined };
}

/**
 * Kustomization. The older versions have the schema of `v1`, and `validation`, which is accepted and not kept.
 * Source: kustomize-controller api, flux2.md 1.8 and appendix A.
 */
export const kustomizationKind: Kind<Kustomization> = defineKind<Kustomization>({
  group: kustomizeGroup,
  kind: "Kustomization",
  plural: "kustomizations",
  shortNames: ["ks"],
  categories: ["all", "fluxcd", "fluxcd-appliers"],
  scope: "Namespaced",
  description: "Manifests of a source that are built, applied, pruned and checked for health, again and again.",
  versions: [version("v1", false), version("v1beta2", true), version("v1beta1", true)],
  olderVersions: [
    "`patchesStrategicMerge` and `patchesJson6902` join `patches`, in the order in which they took effect.",
    "`validation` has had no effect since Flux 0.18: accepted and dropped.",
  ],
  differences: [
    "Remote bases are refused, as with `--no-remote-bases`: a revision of the source says everything that is applied.",
    "The MAC of an encrypted file is checked; `--sops-ignore-mac` gives Flux's leniency.",
    "A build without objects and a pass that would delete most of an inventory (`--prune-budget-percent`) are held until `eddy reconcile kustomization NAME --confirm-prune`.",
    "A dependency that becomes ready, a Secret or ConfigMap of `substituteFrom` that changes, and an object that is edited by hand start a pass at once; nothing waits for an interval. A newer revision or a request ends a wait for health, and a `timeout` of less than 30 s is obeyed, which Flux takes for 30 s.",
    "A Kustomization that waits for another one takes it for ready once that has attempted what its source has by now; where another process reconciles that one (`--watch-label-selector`), its conditions are all that counts.",
    "`dependsOn` may name any object, with `apiVersion` and `kind`: it is read as the account of the Kustomization, is ready by kstatus or by `readyExpr`, and starts a pass when it changes. Such a dependency obeys `--no-cross-namespace-refs`.",
    "A pass that finds nothing to do writes no more than what was asked; Ready does not flicker to Unknown for work that takes less than half a second.",
    "`status.history` advances when something else of the status is written, or a pass was asked for: a pass of routine that finds nothing to do is not counted, and `lastReconciled` stays.",
    "An interval in which nothing changed is no pass: that everything is as the last one left it is proven from what is watched. Its metrics and its news are the same, without steps and traces. Flux compares with the cluster each time, and so does Eddy where it cannot see that: another cluster, `healthChecks` without `wait`, a `readyExpr` or a dependency of another kind, objects that are skipped. An interval of a minute and more may be up to a hundredth late, beside its jitter.",
    "The inventory is written before the first write of a pass, and narrowed after the last; objects of one kind are written in parallel.",
    "A field that a kind of Kubernetes' own does not know is left out, as with Flux, and an Event `UnknownFields` names it; other kinds are refused by both. Labels and annotations whose values are no text are refused; Flux applies such an object without any of its labels or annotations.",
    "HuaweiCloud KMS is asked with the key pair in the process's environment (`HUAWEICLOUD_SDK_AK`, `HUAWEICLOUD_SDK_SK`, `HUAWEICLOUD_SDK_PROJECT_ID`); profiles, the metadata service and pod identities are not read.",
    "What is wrong with a build is told with file and line, without temporary folders and values of Go; a path that is a file is told as such, and a circle of dependencies is named. What is no expression is told in the words of another parser.",
    "The ends of an object's passes are one Kubernetes Event that counts; with Flux each is one of its own.",
    "Plugins of age and GnuPG's agent are not used.",
  ],
  finalizer: fluxFinalizer,
  upgrade: upgradeLegacyPatches,
  cli: {
    path: ["kustomization"],
    pluralPath: ["kustomizations"],
    aliases: ["ks"],
    humanName: "kustomization",
    createName: "Kustomization",
    columns: [revisionCliColumn("status", "lastAppliedRevision"), suspendedCliColumn, readyCliColumn, messageCliColumn],
    wideColumns: [{ header: "Path", value: (object) => textAt(object, "spec", "path") }],
    reconcilable: true,
    suspendable: true,
    create: createKustomization,
    inventoryOf,
    successMessage: (object: KubeObject) => `applied revision ${textAt(object, "status", "lastAppliedRevision")}`,
    sourceOf: (object) => (valueAt(object, "spec", "sourceRef") === undefined ? undefined : sourceOf(object)),
    requests: {
      confirmPrune: {
        annotation: confirmPruneAtAnnotation,
        description: "delete what the prune budget or the guard against empty builds holds back",
      },
    },
  },
});
