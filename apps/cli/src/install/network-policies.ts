import type { KubeObject } from "@eddy/core/object";
import { componentName } from "./component-name.ts";

/** Traffic: everything out, from the own namespace in, metrics and webhooks from anywhere in the cluster. Source: flux2.md 3.9. */
export function networkPolicies(namespace: string): KubeObject[] {
  return [
    policy(namespace, "allow-egress", {
      podSelector: {},
      egress: [{}],
      ingress: [{ from: [{ podSelector: {} }] }],
      policyTypes: ["Ingress", "Egress"],
    }),
    policy(namespace, "allow-scraping", {
      podSelector: {},
      ingress: [{ from: [{ namespaceSelector: {} }], ports: [{ port: 8080, protocol: "TCP" }] }],
      policyTypes: ["Ingress"],
    }),
    policy(namespace, "allow-webhooks", {
      podSelector: { matchLabels: { app: componentName } },
      ingress: [{ from: [{ namespaceSelector: {} }], ports: [webhooks, updates] }],
      policyTypes: ["Ingress"],
    }),
  ];
}

const webhooks = { port: 9292, protocol: "TCP" };
const updates = { port: 9300, protocol: "TCP" };

function policy(namespace: string, name: string, spec: object): KubeObject {
  return { apiVersion: "networking.k8s.io/v1", kind: "NetworkPolicy", metadata: { name, namespace }, spec };
}
