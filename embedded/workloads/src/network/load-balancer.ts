import { isIP } from "node:net";
import type { GroupVersionResource } from "@eddy/control-plane";
import type { KubeObject } from "@eddy/core/object";
import { ingresses, services } from "../frame/resources.ts";
import { isDeleted, writeStatus, type Controller } from "../frame/world.ts";
import type { Service } from "./endpoint-slice.ts";

/** Gives LoadBalancer Services an address, as a cloud would. */
export const loadBalancerController: Controller = addressController(
  "load-balancer",
  services,
  (object) => (object as Service).spec.type === "LoadBalancer",
);

/** Gives every Ingress an address, as an ingress controller would. */
export const ingressController: Controller = addressController("ingress", ingresses, () => true);

function addressController(
  name: string,
  resource: GroupVersionResource,
  wantsAddress: (object: KubeObject) => boolean,
): Controller {
  return {
    name,
    resource,
    watches: [],
    concerns: () => [],
    reconcile(namespace, objectName, pass) {
      const object = pass.access.get(resource, namespace, objectName);
      const address = pass.options.loadBalancerAddress;
      if (!object || isDeleted(object) || address === "") return;
      const status = (object["status"] ?? {}) as { loadBalancer?: { ingress?: object[] } };
      const has = (status.loadBalancer?.ingress ?? []).length > 0;
      if (wantsAddress(object) === has) return;
      writeStatus(pass, resource, object, {
        ...status,
        loadBalancer: has ? {} : { ingress: [ingressOf(address, resource)] },
      });
    },
  };
}

function ingressOf(address: string, resource: GroupVersionResource): object {
  const where = isIP(address) === 0 ? { hostname: address } : { ip: address };
  return resource === services && "ip" in where ? { ...where, ipMode: "VIP" } : where;
}
