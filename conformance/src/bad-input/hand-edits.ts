import assert from "node:assert/strict";
import type { KubeObject } from "@eddy/core/object";
import { createKustomization, createSource, isReadyAt, type Bed } from "./bed.ts";
import { watchKind } from "./watched.ts";

interface Service extends KubeObject {
  spec: { ports: { name: string; port: number }[] };
}

/**
 * The port of an applied Service is edited by hand, its name kept: beside the port from Git that makes two ports of one name,
 * which no API server takes, until the hand's is taken over.
 */
export async function putBackEditedPort(bed: Bed): Promise<void> {
  const ns = await bed.namespace();
  const manifest = `apiVersion: v1
kind: Service
metadata: { name: web, namespace: ${ns} }
spec: { selector: { app: web }, ports: [{ name: http, port: 80 }] }
`;
  const { url, commit = "" } = await bed.git.createRepository(ns, { "web.yaml": manifest });
  await createSource(bed, ns, "app", { url });
  await createKustomization(bed, ns, "app");
  const services = watchKind<Service>(bed.kube, { group: "", kind: "Service" });
  const server = await bed.serve();
  try {
    await services.synced;
    await bed.kustomizations.until(ns, "app", (object) => isReadyAt(object, commit));
    const portsOf = (service: Service | undefined): string => service?.spec.ports.map(({ port }) => port).join() ?? "";
    await services.until(ns, "web", (service) => portsOf(service) === "80");
    const spec = {
      ports: [
        { name: "http", port: 81 },
        { port: 80, $patch: "delete" },
      ],
    };
    await bed.kube.patch(
      { group: "", kind: "Service", namespace: ns, name: "web" },
      "strategic",
      { spec },
      {
        fieldManager: "kubectl-edit",
      },
    );
    const isEdited = (): boolean => services.changes(ns, "web").some(({ object }) => portsOf(object) === "81");
    const { metadata } = await services.until(ns, "web", (service) => isEdited() && portsOf(service) === "80");
    assert.ok(!metadata.managedFields?.some(({ manager }) => manager === "kubectl-edit"));
  } finally {
    await server.stop();
    services.stop();
  }
}
