/** Service: defaults, cluster IPs, node ports. Sources: pkg/apis/core/v1/defaults.go, pkg/registry/core/service. */
import { deepEqual, isObject, type JsonObject } from "@eddy/core/json";
import type { KubeObject } from "@eddy/core/object";
import type { Kernel } from "../kernel.ts";
import { duplicate, invalidValue, required, type FieldError } from "../status-error.ts";
import { specOf } from "./apps.ts";
import { fill } from "./pod-defaults.ts";
import { portErrors } from "./pod-validation.ts";
import type { KindStrategy, WriteContext } from "./strategy.ts";

const list = (value: unknown): JsonObject[] => (Array.isArray(value) ? (value as JsonObject[]) : []);
const firstNodePort = 30_000;
const lastNodePort = 32_767;

function applyDefaults(object: KubeObject): void {
  const spec = specOf(object);
  fill(spec, { sessionAffinity: "None", type: "ClusterIP" });
  const type = spec["type"];
  for (const port of list(spec["ports"])) {
    fill(port, { protocol: "TCP" });
    if (!port["targetPort"]) port["targetPort"] = port["port"] ?? 0;
  }
  if (spec["sessionAffinity"] === "ClientIP")
    spec["sessionAffinityConfig"] ??= { clientIP: { timeoutSeconds: 10_800 } };
  if (type === "NodePort" || type === "LoadBalancer") fill(spec, { externalTrafficPolicy: "Cluster" });
  if (type === "LoadBalancer") spec["allocateLoadBalancerNodePorts"] ??= true;
  if (type !== "ExternalName") fill(spec, { internalTrafficPolicy: "Cluster" });
  else delete spec["internalTrafficPolicy"];
}

/** What other Services hold. */
function allocated(kernel: Kernel): { addresses: Set<string>; ports: Set<number> } {
  const addresses = new Set<string>();
  const ports = new Set<number>();
  for (const { object } of kernel.store.collection("/services").entries.values()) {
    const spec = object["spec"] as JsonObject;
    for (const address of (spec["clusterIPs"] as string[] | undefined) ?? []) addresses.add(address);
    for (const port of list(spec["ports"])) if (typeof port["nodePort"] === "number") ports.add(port["nodePort"]);
    if (typeof spec["healthCheckNodePort"] === "number") ports.add(spec["healthCheckNodePort"]);
  }
  return { addresses, ports };
}

/** 10.0.0.0/16 without its first address, which is the API server's own. */
function freeAddress(taken: ReadonlySet<string>): string {
  for (let number = taken.size + 2; ; number++) {
    const address = `10.0.${(number >> 8) & 0xff}.${number & 0xff}`;
    if (!taken.has(address)) return address;
  }
}

function freePort(taken: Set<number>): number {
  for (let port = firstNodePort + (taken.size % (lastNodePort - firstNodePort)); port <= lastNodePort; port++) {
    if (taken.has(port)) continue;
    taken.add(port);
    return port;
  }
  for (let port = firstNodePort; port <= lastNodePort; port++) {
    if (taken.has(port)) continue;
    taken.add(port);
    return port;
  }
  return 0;
}

function allocate(object: KubeObject, { kernel, dryRun }: WriteContext): void {
  const spec = specOf(object);
  const type = String(spec["type"]);
  if (type === "ExternalName") return;
  const taken = allocated(kernel);
  if (!spec["clusterIP"]) {
    const [given] = (spec["clusterIPs"] as string[] | undefined) ?? [];
    spec["clusterIP"] = given ?? (dryRun ? "10.0.0.0" : freeAddress(taken.addresses));
  }
  spec["clusterIPs"] ??= [spec["clusterIP"] ?? ""];
  spec["ipFamilies"] ??= ["IPv4"];
  if (!spec["ipFamilyPolicy"])
    spec["ipFamilyPolicy"] =
      spec["clusterIP"] === "None" && spec["selector"] === undefined ? "RequireDualStack" : "SingleStack";
  const wantsPorts =
    type === "NodePort" || (type === "LoadBalancer" && spec["allocateLoadBalancerNodePorts"] !== false);
  if (wantsPorts)
    for (const port of list(spec["ports"])) if (!port["nodePort"]) port["nodePort"] = freePort(taken.ports);
  if (type === "LoadBalancer" && spec["externalTrafficPolicy"] === "Local")
    spec["healthCheckNodePort"] ??= freePort(taken.ports);
}

/** Addresses and ports stay as they are when a patch or a PUT does not say them. */
function keepAllocations(object: KubeObject, live: KubeObject): void {
  const [next, previous] = [specOf(object), live["spec"] as JsonObject];
  if (next["type"] === "ExternalName") return;
  for (const field of ["clusterIP", "clusterIPs", "ipFamilies", "ipFamilyPolicy", "healthCheckNodePort"]) {
    if ((next[field] === undefined || next[field] === "") && previous[field] !== undefined)
      next[field] = previous[field];
  }
  if (next["type"] === "ClusterIP") return;
  for (const port of list(next["ports"])) {
    const before = list(previous["ports"]).find(
      (each) => each["port"] === port["port"] && each["protocol"] === port["protocol"],
    );
    if (!port["nodePort"] && before?.["nodePort"] !== undefined) port["nodePort"] = before["nodePort"];
  }
}

const wantsNodePorts = (spec: JsonObject): boolean => spec["type"] === "NodePort" || spec["type"] === "LoadBalancer";

/** What only the former type had goes with it, unless the client says otherwise. Source: pkg/registry/core/service dropTypeDependentFields. */
function dropFormerType(object: KubeObject, live: KubeObject): void {
  const [next, previous] = [specOf(object), live["spec"] as JsonObject];
  const same = (field: string): boolean => deepEqual(next[field], previous[field]);
  if (previous["type"] !== "ExternalName" && next["type"] === "ExternalName") {
    for (const field of ["clusterIP", "clusterIPs", "ipFamilies", "ipFamilyPolicy"])
      if (same(field)) delete next[field];
  }
  if (wantsNodePorts(previous) && !wantsNodePorts(next)) {
    const before = new Set(list(previous["ports"]).map((port) => port["nodePort"]));
    for (const port of list(next["ports"])) if (before.has(port["nodePort"])) delete port["nodePort"];
    if (same("externalTrafficPolicy")) delete next["externalTrafficPolicy"];
  }
  if (previous["type"] === "LoadBalancer" && next["type"] !== "LoadBalancer") {
    for (const field of ["allocateLoadBalancerNodePorts", "loadBalancerClass", "healthCheckNodePort"])
      if (same(field)) delete next[field];
  }
}

function validate(object: KubeObject): FieldError[] {
  const spec = specOf(object);
  const errors: FieldError[] = [];
  const ports = list(spec["ports"]);
  const headless = spec["clusterIP"] === "None";
  if (ports.length === 0 && !headless && spec["type"] !== "ExternalName") errors.push(required("spec.ports"));
  if (spec["type"] === "ExternalName" && !spec["externalName"]) errors.push(required("spec.externalName"));
  const names = new Set<string>();
  const pairs = new Set<string>();
  for (const [index, port] of ports.entries()) {
    const at = `spec.ports[${index}]`;
    const name = String(port["name"] ?? "");
    if (name === "" && ports.length > 1) errors.push(required(`${at}.name`));
    if (name !== "" && names.has(name)) errors.push(duplicate(`${at}.name`, name));
    names.add(name);
    errors.push(...portErrors(port["port"], `${at}.port`));
    if (typeof port["targetPort"] === "number") errors.push(...portErrors(port["targetPort"], `${at}.targetPort`));
    const pair = `${String(port["protocol"])}/${String(port["port"])}`;
    if (pairs.has(pair)) errors.push(duplicate(at, { port: port["port"], protocol: port["protocol"] }));
    pairs.add(pair);
  }
  return errors;
}

function validateUpdate(object: KubeObject, live: KubeObject): FieldError[] {
  const [next, previous] = [object["spec"] as JsonObject, live["spec"] as JsonObject];
  if (next["type"] === "ExternalName" || previous["type"] === "ExternalName" || !previous["clusterIP"]) return [];
  if (next["clusterIP"] === previous["clusterIP"]) return [];
  return [
    invalidValue(
      "spec.clusterIPs[0]",
      isObject(next) ? (next["clusterIPs"] ?? [next["clusterIP"]]) : "",
      "may not change once set",
    ),
  ];
}

export const service: KindStrategy = {
  nameForm: "label",
  createsOnUpdate: true,
  answersDeleted: true,
  applyDefaults,
  prepareCreate: allocate,
  prepareUpdate(object, live, context) {
    keepAllocations(object, live);
    dropFormerType(object, live);
    allocate(object, context);
  },
  validate,
  validateUpdate,
};
