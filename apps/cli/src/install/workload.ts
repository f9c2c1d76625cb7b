import type { KubeObject } from "@eddy/core/object";
import { componentName } from "./component-name.ts";
import { eddyVersion } from "../version.ts";
import type { InstallOptions } from "./manifests.ts";

const name = componentName;
const selector = { app: name };

/** An image that nobody else can publish: it has to be on the node already. */
export const defaultImage: string = `localhost/eddy:v${eddyVersion}`;

/**
 * The one Deployment. `Recreate`: two processes never share a storage folder, and the Lease would keep the second idle.
 * Source of ports, probes and security: flux2.md 3.9 and 3.11.
 */
export function deployment(options: InstallOptions): KubeObject {
  const { namespace } = options;
  return {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name, namespace },
    spec: {
      replicas: 1,
      strategy: { type: "Recreate" },
      selector: { matchLabels: selector },
      template: {
        metadata: { labels: selector, annotations: { "prometheus.io/port": "8080", "prometheus.io/scrape": "true" } },
        spec: {
          serviceAccountName: name,
          priorityClassName: "system-cluster-critical",
          nodeSelector: { "kubernetes.io/os": "linux" },
          securityContext: { fsGroup: 1337 },
          terminationGracePeriodSeconds: 60,
          containers: [container(options)],
          volumes: [
            { name: "data", emptyDir: {} },
            { name: "temp", emptyDir: {} },
          ],
        },
      },
    },
  };
}

function container(options: InstallOptions): object {
  const advertised = `${name}.$(RUNTIME_NAMESPACE).svc.${options.clusterDomain}.`;
  return {
    name: "manager",
    image: options.image ?? defaultImage,
    imagePullPolicy: "IfNotPresent",
    args: [
      "server",
      `--watch-all-namespaces=${options.watchAllNamespaces}`,
      `--log-level=${options.logLevel}`,
      "--log-encoding=json",
      "--enable-leader-election",
      "--storage-path=/data",
      `--storage-adv-addr=${advertised}`,
    ],
    env: [{ name: "RUNTIME_NAMESPACE", valueFrom: { fieldRef: { fieldPath: "metadata.namespace" } } }],
    ports: [
      { name: "http", containerPort: 9090, protocol: "TCP" },
      { name: "http-events", containerPort: 9091, protocol: "TCP" },
      { name: "http-webhook", containerPort: 9292, protocol: "TCP" },
      { name: "http-updates", containerPort: 9300, protocol: "TCP" },
      { name: "http-prom", containerPort: 8080, protocol: "TCP" },
      { name: "healthz", containerPort: 9440, protocol: "TCP" },
    ],
    livenessProbe: { httpGet: { path: "/healthz", port: "healthz" } },
    readinessProbe: { httpGet: { path: "/readyz", port: "healthz" } },
    resources: { requests: { cpu: "100m", memory: "64Mi" }, limits: { cpu: "1000m", memory: "1Gi" } },
    securityContext: {
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      runAsNonRoot: true,
      capabilities: { drop: ["ALL"] },
      seccompProfile: { type: "RuntimeDefault" },
    },
    volumeMounts: [
      { name: "data", mountPath: "/data" },
      { name: "temp", mountPath: "/tmp" },
    ],
  };
}

/**
 * Where other consumers, such as Flux's helm-controller, download artifacts; where other processes post events; where
 * webhooks are called; and where registries, chats and voters call. The middle two have the names that others know from Flux. Source:
 * flux2.md 3.11.
 */
export function services({ namespace }: InstallOptions): KubeObject[] {
  return [
    service(namespace, name, "http"),
    service(namespace, "notification-controller", "http-events"),
    service(namespace, "webhook-receiver", "http-webhook"),
    service(namespace, "eddy-updates", "http-updates"),
  ];
}

function service(namespace: string, serviceName: string, targetPort: string): KubeObject {
  return {
    apiVersion: "v1",
    kind: "Service",
    metadata: { name: serviceName, namespace },
    spec: { type: "ClusterIP", selector, ports: [{ name: "http", port: 80, protocol: "TCP", targetPort }] },
  };
}
