import { componentLabel, crdOf, instanceLabel, kinds, partOfFlux, partOfLabel, versionLabel } from "@eddy/api";
import type { KubeObject } from "@eddy/core/object";
import { componentName } from "./component-name.ts";
import { eddyVersion } from "../version.ts";
import { networkPolicies } from "./network-policies.ts";
import { rbac } from "./rbac.ts";
import { voting } from "./voting.ts";
import { deployment, services } from "./workload.ts";

/** What an installation is made with. */
export interface InstallOptions {
  namespace: string;
  /** Default: an image of this version that is on the node already. */
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
    criticalPods(options.namespace),
    serviceAccount(options),
    ...rbac(options.namespace),
    ...voting(options.namespace),
    ...services(options),
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

/** Some clusters allow critical pods only where a quota says so. Source: flux2.md 3.9. */
function criticalPods(namespace: string): KubeObject {
  const values = ["system-node-critical", "system-cluster-critical"];
  return {
    apiVersion: "v1",
    kind: "ResourceQuota",
    metadata: { name: `critical-pods-${namespace}`, namespace },
    spec: {
      hard: { pods: "1000" },
      scopeSelector: { matchExpressions: [{ operator: "In", scopeName: "PriorityClass", values }] },
    },
  };
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
