import type { ObjectEvent } from "@eddy/control-plane";
import { matchesLabels, selectorOf } from "@eddy/core/labels";
import { endpoints, endpointSlices, pods, services } from "../frame/resources.ts";
import type { Pod } from "../frame/shapes.ts";
import {
  controlledBy,
  controllerReference,
  isDeleted,
  keyOf,
  type Controller,
  type Pass,
  type World,
} from "../frame/world.ts";
import {
  backends,
  endpointPorts,
  endpointSubsets,
  sliceEndpoints,
  withMembers,
  type Service,
} from "./endpoint-slice.ts";

/** Keeps the EndpointSlice and the legacy Endpoints of each Service with a selector. */
export const endpointsController: Controller = {
  name: "endpoints",
  resource: services,
  watches: [pods],
  concerns: servicesOf,
  reconcile(namespace, name, pass) {
    const service = pass.access.get(services, namespace, name) as Service | undefined;
    if (!service) return void pass.access.delete(endpoints, namespace, name);
    if (
      isDeleted(service) ||
      Object.keys(service.spec.selector ?? {}).length === 0 ||
      service.spec.type === "ExternalName"
    )
      return;
    const selector = selectorOf({ matchLabels: service.spec.selector ?? {} });
    const found = backends(pass.access.list(pods, { namespace, selector }) as readonly Pod[]);
    writeSlice(service, found, pass);
    writeEndpoints(service, found, pass);
  },
};

function writeSlice(service: Service, found: readonly Pod[], pass: Pass): void {
  const ports = endpointPorts(service, found);
  const members = { endpoints: sliceEndpoints(service, found), ports: ports.length > 0 ? ports : null };
  const live = controlledBy(pass, service, endpointSlices)[0];
  if (live) {
    const next = withMembers(live, members);
    if (next) pass.access.update(endpointSlices, next);
    return;
  }
  const { name, namespace = "" } = service.metadata;
  pass.access.create(endpointSlices, {
    apiVersion: "discovery.k8s.io/v1",
    kind: "EndpointSlice",
    metadata: {
      name: "",
      generateName: `${name}-`,
      namespace,
      labels: {
        ...service.metadata.labels,
        "endpointslice.kubernetes.io/managed-by": "endpointslice-controller.k8s.io",
        "kubernetes.io/service-name": name,
      },
      ownerReferences: [controllerReference(service)],
    },
    addressType: "IPv4",
    ...members,
  });
}

function writeEndpoints(service: Service, found: readonly Pod[], pass: Pass): void {
  const { name, namespace = "" } = service.metadata;
  const members = { subsets: endpointSubsets(service, found) };
  const live = pass.access.get(endpoints, namespace, name);
  const next = live && withMembers(live, members);
  if (next) pass.access.update(endpoints, next);
  if (live) return;
  const labels = { ...service.metadata.labels, "endpoints.kubernetes.io/managed-by": "endpoint-controller" };
  pass.access.create(endpoints, {
    apiVersion: "v1",
    kind: "Endpoints",
    metadata: { name, namespace, labels },
    ...members,
  });
}

/** Services whose selector takes the Pod, now or before. */
function* servicesOf({ object, previous }: ObjectEvent, world: World): Iterable<string> {
  for (const service of world.access.list(services, {
    namespace: object.metadata.namespace ?? "",
  }) as readonly Service[]) {
    const { selector } = service.spec;
    if (!selector || Object.keys(selector).length === 0) continue;
    const requirements = selectorOf({ matchLabels: selector });
    if ([object, previous].some((pod) => pod && matchesLabels(requirements, pod.metadata.labels))) yield keyOf(service);
  }
}
