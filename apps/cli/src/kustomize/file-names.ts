import { parseApiVersion } from "@eddy/core/object";

/** What a file name is made of. */
export interface NamedObject {
  apiVersion: string;
  kind: string;
  metadata: { name: string; namespace?: string };
}

/** Built-in kinds without a namespace; of other kinds upstream takes it that they have one. */
const clusterScoped: ReadonlySet<string> = new Set([
  "APIService",
  "CSIDriver",
  "CSINode",
  "CertificateSigningRequest",
  "ClusterRole",
  "ClusterRoleBinding",
  "ComponentStatus",
  "CustomResourceDefinition",
  "FlowSchema",
  "IngressClass",
  "MutatingAdmissionPolicy",
  "MutatingAdmissionPolicyBinding",
  "MutatingWebhookConfiguration",
  "Namespace",
  "Node",
  "PersistentVolume",
  "PriorityClass",
  "PriorityLevelConfiguration",
  "RuntimeClass",
  "StorageClass",
  "ValidatingAdmissionPolicy",
  "ValidatingAdmissionPolicyBinding",
  "ValidatingWebhookConfiguration",
  "VolumeAttachment",
]);

/**
 * `<group>_<version>_<kind>_<name>.yaml` in lower case for each object, with the namespace before it where there are several.
 * Source: kustomize 5.8 build/writer.go. A slash in a name, which no API server accepts, cannot leave the folder.
 */
export function fileNames(objects: readonly NamedObject[]): string[] {
  const namespaces = objects.map(namespaceOf);
  const several = new Set(namespaces.filter((namespace) => namespace !== undefined)).size > 1;
  return objects.map((object, index) => {
    const { group, version } = parseApiVersion(object.apiVersion);
    const parts = [several ? namespaces[index] : undefined, group, version, object.kind, object.metadata.name];
    const name = parts.filter((part) => part !== undefined && part !== "").join("_");
    return `${name.toLowerCase().replaceAll(/[/\\]/g, "_")}.yaml`;
  });
}

function namespaceOf(object: NamedObject): string | undefined {
  const { namespace } = object.metadata;
  if (namespace !== undefined && namespace !== "") return namespace;
  return clusterScoped.has(object.kind) ? undefined : "default";
}
