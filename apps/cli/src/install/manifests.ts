import { componentLabel, crdOf, instanceLabel, kinds, partOfFlux, partOfLabel, versionLabel } from "@eddy/api";
import type { KubeObject } from "@eddy/core/object";
import { componentName } from "./component-name.ts";
import { eddyVersion } from "../version.ts";
import { networkPolicies } from "./network-policies.ts";
import { rbac } from "./rbac.ts";
import { deployment, service } from "./workload.ts";

/** What an installation is made with. */
export interface InstallOptions {
  namespace: string;
  /** Default: the image of this version. */
  image?: string;
  imagePullSecret?: string;
  watchAllNamespaces: boolean;
  logLevel: "debug" | "info" | "error";
  networkPolicy: boolean;
  /** Such as `cluster.local`. */
  clusterDomain: string;
}

/** Everything that an installation consists of, in the order in which it can be applied. Pure. */
export function installManifests(options: InstallOptions): KubeObject[] {
  const objects: KubeObject[] = [
    namespaceObject(options.namespace),
    ...kinds.map((kind) => crdOf(kind)),
    serviceAccount(options),
    ...rbac(options.namespace),
    service(options),
    deployment(options),
    ...(options.networkPolicy ? networkPolicies(options.namespace) : []),
  ];
  return objects.map((object) => labelled(object, options.namespace));
}

function namespaceObject(name: string): KubeObject {
  // Namespaces are told apart from the policy by their own label: a breach is warned of, not refused.
  const labels = {
    "pod-security.kubernetes.io/warn": "restricted",
    "pod-security.kubernetes.io/warn-version": "latest",
  };
  return { apiVersion: "v1", kind: "Namespace", metadata: { name, labels } };
}

function serviceAccount({ namespace, imagePullSecret }: InstallOptions): KubeObject {
  return {
    apiVersion: "v1",
    kind: "ServiceAccount",
    metadata: { name: componentName, namespace },
    ...(imagePullSecret === undefined ? {} : { imagePullSecrets: [{ name: imagePullSecret }] }),
  };
}

function labelled(object: KubeObject, namespace: string): KubeObject {
  const labels = {
    [instanceLabel]: namespace,
    [partOfLabel]: partOfFlux,
    [versionLabel]: `v${eddyVersion}`,
    ...(object.kind === "CustomResourceDefinition" || object.kind === "Namespace"
      ? {}
      : { [componentLabel]: componentName }),
    ...object.metadata.labels,
  };
  return { ...object, metadata: { ...object.metadata, labels } };
}
