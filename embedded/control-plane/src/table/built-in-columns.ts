/** Columns of built-in kinds; a kind that is not here has Name and Age. */
import { isObject, type Json } from "@eddy/core/json";
import { valueAt, type KubeObject } from "@eddy/core/object";
import { formatAge, formatHumanDuration } from "./age.ts";
import { podReason, podRestarts } from "./pod-cells.ts";

export interface Column {
  name: string;
  type?: string;
  priority?: number;
  format?: string;
  cell(object: KubeObject, nowMs: number): Json;
}

const text = (value: unknown): string => (value === undefined || value === null ? "" : String(value));
const orNone = (value: string): string => (value === "" ? "<none>" : value);
const at =
  (...path: (string | number)[]) =>
  (object: KubeObject): Json =>
    text(valueAt(object, ...path));
const count =
  (...path: (string | number)[]) =>
  (object: KubeObject): Json =>
    Number(valueAt(object, ...path) ?? 0);
const sizeOf = (value: unknown): number =>
  Array.isArray(value) ? value.length : isObject(value) ? Object.keys(value).length : 0;
const list = (value: unknown): Record<string, unknown>[] =>
  Array.isArray(value) ? (value as Record<string, unknown>[]) : [];
const ageOf = (object: KubeObject, nowMs: number): Json => formatAge(object.metadata.creationTimestamp, nowMs);
const age: Column = { name: "Age", cell: ageOf };

function formatSelector(selector: unknown): string {
  if (!isObject(selector)) return "<none>";
  const labels = isObject(selector["matchLabels"]) ? selector["matchLabels"] : {};
  const equal = Object.entries(labels).map(([key, value]) => `${key}=${String(value)}`);
  const expressions = list(selector["matchExpressions"]).map(({ key, operator, values }) => {
    const set = `(${(Array.isArray(values) ? values : []).join(",")})`;
    if (operator === "In") return `${String(key)} in ${set}`;
    if (operator === "NotIn") return `${String(key)} notin ${set}`;
    return operator === "Exists" ? String(key) : `!${String(key)}`;
  });
  return orNone([...equal, ...expressions].join(","));
}

const mapSelector = (selector: unknown): string =>
  isObject(selector)
    ? orNone(
        Object.entries(selector)
          .map(([key, value]) => `${key}=${String(value)}`)
          .join(","),
      )
    : "<none>";

const containersOf = (object: KubeObject, ...path: string[]): Record<string, unknown>[] =>
  list(valueAt(object, ...path, "spec", "containers"));
const workloadDetails = (...template: string[]): Column[] => [
  {
    name: "Containers",
    priority: 1,
    cell: (object) =>
      containersOf(object, ...template)
        .map((each) => text(each["name"]))
        .join(","),
  },
  {
    name: "Images",
    priority: 1,
    cell: (object) =>
      containersOf(object, ...template)
        .map((each) => text(each["image"]))
        .join(","),
  },
  { name: "Selector", priority: 1, cell: (object) => formatSelector(valueAt(object, "spec", "selector")) },
];

const pod: Column[] = [
  {
    name: "Ready",
    cell: (object) => {
      const statuses = list(valueAt(object, "status", "containerStatuses"));
      return `${statuses.filter((each) => each["ready"] === true).length}/${sizeOf(valueAt(object, "spec", "containers"))}`;
    },
  },
  { name: "Status", cell: podReason },
  { name: "Restarts", cell: podRestarts },
  age,
  { name: "IP", priority: 1, cell: (object) => orNone(text(valueAt(object, "status", "podIP"))) },
  { name: "Node", priority: 1, cell: (object) => orNone(text(valueAt(object, "spec", "nodeName"))) },
  {
    name: "Nominated Node",
    priority: 1,
    cell: (object) => orNone(text(valueAt(object, "status", "nominatedNodeName"))),
  },
  { name: "Readiness Gates", priority: 1, cell: () => "<none>" },
];

const deployment: Column[] = [
  {
    name: "Ready",
    cell: (object) =>
      `${text(valueAt(object, "status", "readyReplicas") ?? 0)}/${text(valueAt(object, "spec", "replicas") ?? 0)}`,
  },
  { name: "Up-to-date", cell: count("status", "updatedReplicas") },
  { name: "Available", cell: count("status", "availableReplicas") },
  age,
  ...workloadDetails("spec", "template"),
];

const replicaSet: Column[] = [
  { name: "Desired", type: "integer", cell: count("spec", "replicas") },
  { name: "Current", type: "integer", cell: count("status", "replicas") },
  { name: "Ready", type: "integer", cell: count("status", "readyReplicas") },
  age,
  ...workloadDetails("spec", "template"),
];

function servicePorts(object: KubeObject): string {
  const ports = list(valueAt(object, "spec", "ports")).map(
    (port) => `${text(port["port"])}${port["nodePort"] ? `:${text(port["nodePort"])}` : ""}/${text(port["protocol"])}`,
  );
  return orNone(ports.join(","));
}

function externalAddresses(object: KubeObject): string {
  const type = valueAt(object, "spec", "type");
  if (type === "ExternalName") return text(valueAt(object, "spec", "externalName"));
  const ingress = list(valueAt(object, "status", "loadBalancer", "ingress")).map((each) =>
    text(each["ip"] ?? each["hostname"]),
  );
  const own = (valueAt(object, "spec", "externalIPs") as string[] | undefined) ?? [];
  const all = [...ingress, ...own];
  return all.length > 0 ? all.join(",") : type === "LoadBalancer" ? "<pending>" : "<none>";
}

const service: Column[] = [
  { name: "Type", cell: at("spec", "type") },
  { name: "Cluster-IP", cell: (object) => orNone(text(valueAt(object, "spec", "clusterIP"))) },
  { name: "External-IP", cell: externalAddresses },
  { name: "Port(s)", cell: servicePorts },
  age,
  { name: "Selector", priority: 1, cell: (object) => mapSelector(valueAt(object, "spec", "selector")) },
];

function jobStatus(object: KubeObject): string {
  const conditions = list(valueAt(object, "status", "conditions"))
    .filter((each) => each["status"] === "True")
    .map((each) => text(each["type"]));
  for (const type of ["Complete", "Failed", "Suspended", "FailureTarget"]) if (conditions.includes(type)) return type;
  return object.metadata.deletionTimestamp === undefined ? "Running" : "Terminating";
}

function jobDuration(object: KubeObject, nowMs: number): string {
  const start = text(valueAt(object, "status", "startTime"));
  if (start === "") return "";
  const end = text(valueAt(object, "status", "completionTime"));
  return formatHumanDuration((end === "" ? nowMs : Date.parse(end)) - Date.parse(start));
}

const job: Column[] = [
  { name: "Status", cell: jobStatus },
  {
    name: "Completions",
    cell: (object) =>
      `${text(valueAt(object, "status", "succeeded") ?? 0)}/${text(valueAt(object, "spec", "completions") ?? 1)}`,
  },
  { name: "Duration", cell: jobDuration },
  age,
  ...workloadDetails("spec", "template"),
];

const cronJob: Column[] = [
  { name: "Schedule", cell: at("spec", "schedule") },
  { name: "Timezone", cell: (object) => orNone(text(valueAt(object, "spec", "timeZone"))) },
  {
    name: "Suspend",
    type: "boolean",
    cell: (object) => (valueAt(object, "spec", "suspend") === true ? "True" : "False"),
  },
  { name: "Active", type: "integer", cell: (object) => sizeOf(valueAt(object, "status", "active")) },
  {
    name: "Last Schedule",
    cell: (object, nowMs) => {
      const last = text(valueAt(object, "status", "lastScheduleTime"));
      return last === "" ? "<none>" : formatAge(last, nowMs);
    },
  },
  age,
  ...workloadDetails("spec", "jobTemplate", "spec", "template"),
];

const daemonSet: Column[] = [
  { name: "Desired", type: "integer", cell: count("status", "desiredNumberScheduled") },
  { name: "Current", type: "integer", cell: count("status", "currentNumberScheduled") },
  { name: "Ready", type: "integer", cell: count("status", "numberReady") },
  { name: "Up-to-date", type: "integer", cell: count("status", "updatedNumberScheduled") },
  { name: "Available", type: "integer", cell: count("status", "numberAvailable") },
  { name: "Node Selector", cell: (object) => mapSelector(valueAt(object, "spec", "template", "spec", "nodeSelector")) },
  age,
  ...workloadDetails("spec", "template"),
];

const statefulSet: Column[] = [
  {
    name: "Ready",
    cell: (object) =>
      `${text(valueAt(object, "status", "readyReplicas") ?? 0)}/${text(valueAt(object, "spec", "replicas") ?? 0)}`,
  },
  age,
  ...workloadDetails("spec", "template").slice(0, 2),
];

const ingress: Column[] = [
  { name: "Class", cell: (object) => orNone(text(valueAt(object, "spec", "ingressClassName"))) },
  {
    name: "Hosts",
    cell: (object) =>
      list(valueAt(object, "spec", "rules"))
        .map((rule) => text(rule["host"]))
        .filter((host) => host !== "")
        .join(",") || "*",
  },
  {
    name: "Address",
    cell: (object) =>
      list(valueAt(object, "status", "loadBalancer", "ingress"))
        .map((each) => text(each["ip"] ?? each["hostname"]))
        .join(","),
  },
  { name: "Ports", cell: (object) => (sizeOf(valueAt(object, "spec", "tls")) > 0 ? "80, 443" : "80") },
  age,
];

const claim: Column[] = [
  {
    name: "Status",
    cell: (object) =>
      object.metadata.deletionTimestamp === undefined ? text(valueAt(object, "status", "phase")) : "Terminating",
  },
  { name: "Volume", cell: at("spec", "volumeName") },
  { name: "Capacity", cell: at("status", "capacity", "storage") },
  { name: "Access Modes", cell: (object) => shortModes(valueAt(object, "status", "accessModes")) },
  { name: "StorageClass", cell: at("spec", "storageClassName") },
  {
    name: "VolumeAttributesClass",
    cell: (object) => text(valueAt(object, "spec", "volumeAttributesClassName")) || "<unset>",
  },
  age,
  { name: "VolumeMode", priority: 1, cell: at("spec", "volumeMode") },
];

const modes: Readonly<Record<string, string>> = {
  ReadWriteOnce: "RWO",
  ReadOnlyMany: "ROX",
  ReadWriteMany: "RWX",
  ReadWriteOncePod: "RWOP",
};
const shortModes = (value: unknown): string =>
  Array.isArray(value) ? value.map((mode) => modes[String(mode)] ?? String(mode)).join(",") : "";

const event: Column[] = [
  {
    name: "Last Seen",
    cell: (object, nowMs) =>
      formatAge(text(object["lastTimestamp"]) || text(object["eventTime"]) || text(object["firstTimestamp"]), nowMs),
  },
  { name: "Type", cell: at("type") },
  { name: "Reason", cell: at("reason") },
  {
    name: "Object",
    cell: (object) =>
      `${text(valueAt(object, "involvedObject", "kind")).toLowerCase()}/${text(valueAt(object, "involvedObject", "name"))}`,
  },
  { name: "Subobject", priority: 1, cell: at("involvedObject", "fieldPath") },
  {
    name: "Source",
    priority: 1,
    cell: (object) => text(valueAt(object, "source", "component")) || text(object["reportingComponent"]),
  },
  { name: "Message", cell: (object) => text(object["message"]).trim() },
  {
    name: "First Seen",
    priority: 1,
    cell: (object, nowMs) => formatAge(text(object["firstTimestamp"]) || text(object["eventTime"]), nowMs),
  },
  { name: "Count", priority: 1, cell: (object) => Number(object["count"] ?? 1) },
  { name: "Name", priority: 1, format: "name", cell: (object) => object.metadata.name },
];

const node: Column[] = [
  {
    name: "Status",
    cell: (object) => {
      const ready = list(valueAt(object, "status", "conditions")).find((each) => each["type"] === "Ready");
      const state = ready === undefined ? "Unknown" : ready["status"] === "True" ? "Ready" : "NotReady";
      return valueAt(object, "spec", "unschedulable") === true ? `${state},SchedulingDisabled` : state;
    },
  },
  {
    name: "Roles",
    cell: (object) =>
      orNone(
        Object.keys(object.metadata.labels ?? {})
          .flatMap((key) => /^node-role\.kubernetes\.io\/(.+)$/.exec(key)?.[1] ?? [])
          .sort()
          .join(","),
      ),
  },
  age,
  { name: "Version", cell: at("status", "nodeInfo", "kubeletVersion") },
];

const roleRef = (object: KubeObject): Json =>
  `${text(valueAt(object, "roleRef", "kind"))}/${text(valueAt(object, "roleRef", "name"))}`;
const createdAt: Column = {
  name: "Created At",
  type: "date",
  cell: (object) => object.metadata.creationTimestamp ?? "",
};

const subjects =
  (kind: string) =>
  (object: KubeObject): Json =>
    list(object["subjects"])
      .filter((each) => each["kind"] === kind)
      .map((each) =>
        kind === "ServiceAccount" ? `${text(each["namespace"])}/${text(each["name"])}` : text(each["name"]),
      )
      .join(",");

const binding: Column[] = [
  { name: "Role", cell: roleRef },
  age,
  { name: "Users", priority: 1, cell: subjects("User") },
  { name: "Groups", priority: 1, cell: subjects("Group") },
  { name: "ServiceAccounts", priority: 1, cell: subjects("ServiceAccount") },
];

const endpointSlice: Column[] = [
  { name: "AddressType", cell: at("addressType") },
  {
    name: "Ports",
    cell: (object) =>
      list(object["ports"])
        .map((port) => text(port["port"]))
        .join(",") || "<unset>",
  },
  {
    name: "Endpoints",
    cell: (object) =>
      list(object["endpoints"])
        .flatMap((endpoint) => (endpoint["addresses"] as string[] | undefined) ?? [])
        .join(",") || "<unset>",
  },
  age,
];

/** `cpu: <unknown>/80%`, one of each metric. */
function scalingTargets(object: KubeObject): string {
  const metrics = list(valueAt(object, "spec", "metrics")).map((metric) => {
    const name = text(valueAt(metric, "resource", "name"));
    const utilization = valueAt(metric, "resource", "target", "averageUtilization");
    return `${name}: <unknown>/${utilization === undefined ? text(valueAt(metric, "resource", "target", "averageValue")) : `${text(utilization)}%`}`;
  });
  return metrics.join(", ") || "<none>";
}

/** `pods: 0/2` for each bound, those of limits apart. */
function quotaCells(object: KubeObject, limits: boolean): string {
  const hard = valueAt(object, "status", "hard");
  const entries = isObject(hard) ? Object.entries(hard).toSorted(([a], [b]) => (a < b ? -1 : 1)) : [];
  return entries
    .filter(([name]) => name.startsWith("limits.") === limits)
    .map(([name, bound]) => `${name}: ${text(valueAt(object, "status", "used", name) ?? 0)}/${text(bound)}`)
    .join(", ");
}

const columns: Readonly<Record<string, readonly Column[]>> = {
  "/Pod": pod,
  "apps/Deployment": deployment,
  "apps/ReplicaSet": replicaSet,
  "/ReplicationController": replicaSet,
  "apps/DaemonSet": daemonSet,
  "apps/StatefulSet": statefulSet,
  "batch/Job": job,
  "batch/CronJob": cronJob,
  "/Service": service,
  "networking.k8s.io/Ingress": ingress,
  "/PersistentVolumeClaim": claim,
  "/Event": event,
  "events.k8s.io/Event": event,
  "/Node": node,
  "/Namespace": [{ name: "Status", cell: at("status", "phase") }, age],
  "/ConfigMap": [{ name: "Data", cell: (object) => sizeOf(object["data"]) + sizeOf(object["binaryData"]) }, age],
  "/Secret": [{ name: "Type", cell: at("type") }, { name: "Data", cell: (object) => sizeOf(object["data"]) }, age],
  "/LimitRange": [createdAt],
  "/ResourceQuota": [
    { name: "Request", cell: (object) => quotaCells(object, false) },
    { name: "Limit", cell: (object) => quotaCells(object, true) },
    age,
  ],
  "/Endpoints": [
    {
      name: "Endpoints",
      cell: (object) =>
        orNone(
          list(object["subsets"])
            .flatMap((subset) =>
              list(subset["addresses"]).flatMap((address) =>
                list(subset["ports"]).map((port) => `${text(address["ip"])}:${text(port["port"])}`),
              ),
            )
            .join(","),
        ),
    },
    age,
  ],
  "apps/ControllerRevision": [
    {
      name: "Controller",
      cell: (object) =>
        orNone(
          (object.metadata.ownerReferences ?? [])
            .filter((owner) => owner.controller)
            .map((owner) => `${owner.kind.toLowerCase()}.apps/${owner.name}`)
            .join(","),
        ),
    },
    { name: "Revision", type: "integer", cell: count("revision") },
    age,
  ],
  "discovery.k8s.io/EndpointSlice": endpointSlice,
  "coordination.k8s.io/Lease": [{ name: "Holder", cell: at("spec", "holderIdentity") }, age],
  "rbac.authorization.k8s.io/Role": [createdAt],
  "rbac.authorization.k8s.io/ClusterRole": [createdAt],
  "rbac.authorization.k8s.io/RoleBinding": binding,
  "rbac.authorization.k8s.io/ClusterRoleBinding": binding,
  "apiextensions.k8s.io/CustomResourceDefinition": [createdAt],
  "networking.k8s.io/NetworkPolicy": [
    { name: "Pod-Selector", cell: (object) => formatSelector(valueAt(object, "spec", "podSelector")) },
    age,
  ],
  "networking.k8s.io/IngressClass": [
    { name: "Controller", cell: at("spec", "controller") },
    { name: "Parameters", cell: (object) => text(valueAt(object, "spec", "parameters", "name")) || "<none>" },
    age,
  ],
  "storage.k8s.io/StorageClass": [
    { name: "Provisioner", cell: at("provisioner") },
    { name: "ReclaimPolicy", cell: at("reclaimPolicy") },
    { name: "VolumeBindingMode", cell: at("volumeBindingMode") },
    { name: "AllowVolumeExpansion", cell: (object) => object["allowVolumeExpansion"] === true },
    age,
  ],
  "autoscaling/HorizontalPodAutoscaler": [
    {
      name: "Reference",
      cell: (object) =>
        `${text(valueAt(object, "spec", "scaleTargetRef", "kind"))}/${text(valueAt(object, "spec", "scaleTargetRef", "name"))}`,
    },
    { name: "Targets", cell: (object) => scalingTargets(object) },
    { name: "MinPods", cell: (object) => text(valueAt(object, "spec", "minReplicas")) || "<unset>" },
    { name: "MaxPods", cell: count("spec", "maxReplicas") },
    { name: "Replicas", cell: count("status", "currentReplicas") },
    age,
  ],
  "policy/PodDisruptionBudget": [
    { name: "Min Available", cell: (object) => text(valueAt(object, "spec", "minAvailable")) || "N/A" },
    { name: "Max Unavailable", cell: (object) => text(valueAt(object, "spec", "maxUnavailable")) || "N/A" },
    { name: "Allowed Disruptions", type: "integer", cell: count("status", "disruptionsAllowed") },
    age,
  ],
};

const nameAndAge: readonly Column[] = [age];

/** Columns after the name. */
export function builtInColumns(group: string, kind: string): readonly Column[] {
  return columns[`${group}/${kind}`] ?? nameAndAge;
}
