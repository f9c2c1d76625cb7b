import type { KubeObject } from "@eddy/core/object";
import { configMaps, namespaces, serviceAccounts } from "../frame/resources.ts";
import { isDeleted, type Controller, type Pass } from "../frame/world.ts";

const rootCertificate = "kube-root-ca.crt";

/** Gives every namespace its `default` ServiceAccount and the cluster's root certificate, and brings them back. */
export const namespaceController: Controller = {
  name: "namespace",
  resource: namespaces,
  watches: [serviceAccounts, configMaps],
  *concerns({ type, object }) {
    if (type !== "DELETED") return;
    const isOurs =
      object.kind === "ServiceAccount" ? object.metadata.name === "default" : object.metadata.name === rootCertificate;
    if (isOurs) yield `/${object.metadata.namespace ?? ""}`;
  },
  reconcile(_namespace, name, pass) {
    const namespace = pass.access.get(namespaces, "", name);
    if (!namespace || isDeleted(namespace)) return;
    ensure(pass, serviceAccounts, {
      apiVersion: "v1",
      kind: "ServiceAccount",
      metadata: { name: "default", namespace: name },
    });
    if (pass.options.rootCertificate === "") return;
    ensure(pass, configMaps, {
      apiVersion: "v1",
      kind: "ConfigMap",
      metadata: {
        name: rootCertificate,
        namespace: name,
        annotations: {
          "kubernetes.io/description":
            "Contains a CA bundle that can be used to verify the kube-apiserver when using internal endpoints such as the internal service IP or kubernetes.default.svc. No other usage is guaranteed across distributions of Kubernetes clusters.",
        },
      },
      data: { "ca.crt": pass.options.rootCertificate },
    });
  },
};

function ensure(pass: Pass, resource: typeof serviceAccounts, object: KubeObject): void {
  if (!pass.access.get(resource, object.metadata.namespace ?? "", object.metadata.name))
    pass.access.create(resource, object);
}
