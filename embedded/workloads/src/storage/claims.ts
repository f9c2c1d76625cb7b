import { cloneJson, type KubeObject } from "@eddy/core/object";
import { claims, pods, storageClasses, volumes } from "../frame/resources.ts";
import type { Pod } from "../frame/shapes.ts";
import { isDeleted, modify, writeStatus, type Controller, type Pass } from "../frame/world.ts";

const component = "persistentvolume-controller";
const protection = "kubernetes.io/pvc-protection";
/** Made when there is none, so that claims without a class are bound. */
export const defaultClass = "standard";
const provisioner = "eddy.sh/simulated";
const boundAnnotations = { "pv.kubernetes.io/bind-completed": "yes", "pv.kubernetes.io/bound-by-controller": "yes" };

interface Claim extends KubeObject {
  spec: {
    storageClassName?: string;
    volumeName?: string;
    volumeMode?: string;
    accessModes?: string[];
    resources?: { requests?: { storage?: string } };
  };
  status?: { phase?: string };
}

interface Volume extends KubeObject {
  spec: {
    claimRef?: { uid?: string; name?: string; namespace?: string };
    storageClassName?: string;
    capacity?: { storage?: string };
    accessModes?: string[];
    persistentVolumeReclaimPolicy?: string;
  };
}

/** Binds claims: to the volume they name, to a free one that fits, or to a new one. */
export const claimController: Controller = {
  name: component,
  resource: claims,
  watches: [pods, volumes],
  *concerns({ object }) {
    const namespace = object.metadata.namespace ?? "";
    if (object.kind === "Pod") {
      for (const volume of (object as Pod).spec.volumes ?? [])
        if (volume.persistentVolumeClaim) yield `${namespace}/${volume.persistentVolumeClaim.claimName}`;
    }
    const reference = (object as Volume).spec?.claimRef;
    if (object.kind === "PersistentVolume" && reference?.name) yield `${reference.namespace ?? ""}/${reference.name}`;
  },
  reconcile(namespace, name, pass) {
    const claim = pass.access.get(claims, namespace, name) as Claim | undefined;
    if (!claim) return reclaim(namespace, name, pass);
    if (isDeleted(claim)) return release(claim, pass);
    if (claim.status?.phase === "Bound" || mustWait(claim, pass)) return;
    const volume = findVolume(claim, pass) ?? provision(claim, pass);
    if (volume) bind(claim, volume, pass);
  },
};

/** A class that binds at first use waits for a Pod. */
function mustWait(claim: Claim, pass: Pass): boolean {
  const storageClass = classOf(claim, pass);
  if (storageClass?.["volumeBindingMode"] !== "WaitForFirstConsumer") return false;
  const used = usedBy(claim, pass);
  if (!used)
    pass.tell(
      claim,
      component,
      "Normal",
      "WaitForFirstConsumer",
      "waiting for first consumer to be created before binding",
    );
  return !used;
}

function usedBy({ metadata }: Claim, pass: Pass): boolean {
  return (pass.access.list(pods, { namespace: metadata.namespace ?? "" }) as readonly Pod[]).some(({ spec }) =>
    spec.volumes?.some((volume) => volume.persistentVolumeClaim?.claimName === metadata.name),
  );
}

function classOf({ spec }: Claim, pass: Pass): KubeObject | undefined {
  if (spec.storageClassName === "") return undefined;
  if (spec.storageClassName !== undefined) return pass.access.get(storageClasses, "", spec.storageClassName);
  return pass.access
    .list(storageClasses)
    .find(({ metadata }) => metadata.annotations?.["storageclass.kubernetes.io/is-default-class"] === "true");
}

function findVolume(claim: Claim, pass: Pass): Volume | undefined {
  const all = pass.access.list(volumes) as readonly Volume[];
  const taken = ({ spec }: Volume): boolean =>
    spec.claimRef !== undefined &&
    !(spec.claimRef.name === claim.metadata.name && spec.claimRef.namespace === claim.metadata.namespace);
  if (claim.spec.volumeName)
    return all.find((volume) => volume.metadata.name === claim.spec.volumeName && !taken(volume));
  const fits = ({ spec }: Volume): boolean =>
    (spec.storageClassName ?? "") === (claim.spec.storageClassName ?? "") &&
    (claim.spec.accessModes ?? []).every((mode) => spec.accessModes?.includes(mode));
  return all.find(
    (volume) => !taken(volume) && !isDeleted(volume) && (volume.spec.claimRef !== undefined || fits(volume)),
  );
}

function provision(claim: Claim, pass: Pass): Volume | undefined {
  const storageClass = claim.spec.volumeName ? undefined : classOf(claim, pass);
  if (!storageClass) {
    const detail = claim.spec.storageClassName
      ? `storageclass.storage.k8s.io "${claim.spec.storageClassName}" not found`
      : "no persistent volumes available for this claim and no storage class is set";
    pass.tell(
      claim,
      component,
      claim.spec.storageClassName ? "Warning" : "Normal",
      claim.spec.storageClassName ? "ProvisioningFailed" : "FailedBinding",
      detail,
    );
    return undefined;
  }
  const name = `pvc-${claim.metadata.uid}`;
  const capacity = cloneJson(claim.spec.resources?.requests ?? {});
  const volume = pass.access.create(volumes, {
    apiVersion: "v1",
    kind: "PersistentVolume",
    metadata: {
      name,
      annotations: { "pv.kubernetes.io/provisioned-by": String(storageClass["provisioner"] ?? provisioner) },
    },
    spec: {
      capacity,
      accessModes: claim.spec.accessModes ?? ["ReadWriteOnce"],
      hostPath: { path: `/simulated/${name}`, type: "" },
      persistentVolumeReclaimPolicy: storageClass["reclaimPolicy"] ?? "Delete",
      storageClassName: storageClass.metadata.name,
      volumeMode: claim.spec.volumeMode ?? "Filesystem",
    },
  });
  pass.tell(claim, component, "Normal", "ProvisioningSucceeded", `Successfully provisioned volume ${name}`);
  return volume as Volume;
}

function bind(claim: Claim, volume: Volume, pass: Pass): void {
  const { name, namespace, uid, resourceVersion } = claim.metadata;
  const bound = modify<Volume & { spec: { claimRef: object } }>(pass, volumes, volume, (copy) => {
    copy.spec.claimRef = {
      apiVersion: "v1",
      kind: "PersistentVolumeClaim",
      name,
      namespace,
      uid,
      resourceVersion,
    } as object;
  });
  writeStatus(pass, volumes, bound, { phase: "Bound" });
  const updated = modify<Claim>(pass, claims, claim, (copy) => {
    copy.metadata.annotations = { ...copy.metadata.annotations, ...boundAnnotations };
    copy.spec.volumeName = volume.metadata.name;
    if (copy.spec.storageClassName === undefined && volume.spec.storageClassName)
      copy.spec.storageClassName = volume.spec.storageClassName;
  });
  writeStatus(pass, claims, updated, {
    phase: "Bound",
    accessModes: cloneJson(volume.spec.accessModes ?? []),
    capacity: cloneJson(volume.spec.capacity ?? {}),
  });
}

/** A claim that is deleted goes when no Pod uses it any more. */
function release(claim: Claim, pass: Pass): void {
  if (!claim.metadata.finalizers?.includes(protection) || usedBy(claim, pass)) return;
  modify(
    pass,
    claims,
    claim,
    ({ metadata }) =>
      void (metadata.finalizers = (metadata.finalizers ?? []).filter((finalizer) => finalizer !== protection)),
  );
}

/** The volume of a claim that is gone: deleted, or kept as Released. */
function reclaim(namespace: string, name: string, pass: Pass): void {
  for (const volume of pass.access.list(volumes) as readonly Volume[]) {
    const { claimRef, persistentVolumeReclaimPolicy } = volume.spec;
    if (claimRef?.name !== name || claimRef.namespace !== namespace || claimRef.uid === undefined) continue;
    if (persistentVolumeReclaimPolicy === "Delete") pass.access.delete(volumes, "", volume.metadata.name);
    else writeStatus(pass, volumes, volume, { phase: "Released" });
  }
}

/** The storage class that is there from the start. */
export const standardClass: KubeObject = {
  apiVersion: "storage.k8s.io/v1",
  kind: "StorageClass",
  metadata: { name: defaultClass, annotations: { "storageclass.kubernetes.io/is-default-class": "true" } },
  provisioner,
  reclaimPolicy: "Delete",
  volumeBindingMode: "Immediate",
};
