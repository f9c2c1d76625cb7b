/** Defaults of pods and pod templates. Source: pkg/apis/core/v1/defaults.go. */
import { isObject, type JsonObject } from "@eddy/core/json";

const list = (value: unknown): JsonObject[] => (Array.isArray(value) ? (value as JsonObject[]) : []);

/** Sets members that are absent. */
export function fill(target: JsonObject, defaults: JsonObject): void {
  for (const key in defaults) {
    const value = target[key];
    if (value === undefined || value === null || value === "") target[key] = structuredClone(defaults[key]);
  }
}

/** `Always` for a tag that moves, else `IfNotPresent`. */
function pullPolicyOf(image: string): string {
  if (image.includes("@")) return "IfNotPresent";
  const tag = /:([^/:]+)$/.exec(image)?.[1] ?? "latest";
  return tag === "latest" ? "Always" : "IfNotPresent";
}

function defaultHandler(handler: unknown): void {
  if (!isObject(handler)) return;
  if (isObject(handler["httpGet"])) fill(handler["httpGet"], { path: "/", scheme: "HTTP" });
  if (isObject(handler["grpc"]) && handler["grpc"]["service"] === undefined) handler["grpc"]["service"] = "";
}

function defaultProbe(probe: unknown): void {
  if (!isObject(probe)) return;
  defaultHandler(probe);
  for (const [key, value] of Object.entries({
    timeoutSeconds: 1,
    periodSeconds: 10,
    successThreshold: 1,
    failureThreshold: 3,
  })) {
    if (!probe[key]) probe[key] = value;
  }
}

function defaultContainer(container: JsonObject, isPod: boolean): void {
  fill(container, {
    terminationMessagePath: "/dev/termination-log",
    terminationMessagePolicy: "File",
    imagePullPolicy: pullPolicyOf(String(container["image"] ?? "")),
  });
  container["resources"] ??= {};
  for (const port of list(container["ports"])) fill(port, { protocol: "TCP" });
  for (const env of list(container["env"])) {
    const from = env["valueFrom"];
    if (isObject(from) && isObject(from["fieldRef"])) fill(from["fieldRef"], { apiVersion: "v1" });
  }
  for (const probe of ["livenessProbe", "readinessProbe", "startupProbe"]) defaultProbe(container[probe]);
  const lifecycle = container["lifecycle"];
  if (isObject(lifecycle)) for (const hook of ["postStart", "preStop"]) defaultHandler(lifecycle[hook]);
  if (isPod) defaultRequests(container);
}

/** In pods, not in templates, a limit is also the request where none is given. */
function defaultRequests(container: JsonObject): void {
  const resources = container["resources"];
  if (!isObject(resources) || !isObject(resources["limits"])) return;
  const requests = isObject(resources["requests"]) ? resources["requests"] : {};
  for (const [name, value] of Object.entries(resources["limits"])) requests[name] ??= value;
  resources["requests"] = Object.fromEntries(Object.entries(requests).sort(([a], [b]) => (a < b ? -1 : 1)));
}

const volumeSources = ["configMap", "secret", "projected", "downwardAPI"] as const;

function defaultVolume(volume: JsonObject): void {
  for (const source of volumeSources) {
    const value = volume[source];
    if (isObject(value)) value["defaultMode"] ??= 420;
  }
  const projected = volume["projected"];
  if (isObject(projected)) {
    for (const source of list(projected["sources"])) {
      if (isObject(source["serviceAccountToken"])) source["serviceAccountToken"]["expirationSeconds"] ??= 3_600;
      if (isObject(source["downwardAPI"])) defaultFieldRefs(source["downwardAPI"]);
    }
  }
  if (isObject(volume["downwardAPI"])) defaultFieldRefs(volume["downwardAPI"]);
  if (isObject(volume["hostPath"])) volume["hostPath"]["type"] ??= "";
  if (isObject(volume["iscsi"])) fill(volume["iscsi"], { iscsiInterface: "default" });
  if (Object.keys(volume).length === 1) volume["emptyDir"] = {};
}

function defaultFieldRefs(source: JsonObject): void {
  for (const item of list(source["items"]))
    if (isObject(item["fieldRef"])) fill(item["fieldRef"], { apiVersion: "v1" });
}

/** Fills in a pod spec in place. `isPod`: of a Pod itself rather than of a template. */
export function defaultPodSpec(spec: JsonObject, options: { isPod: boolean; restartPolicy: boolean }): void {
  for (const field of ["initContainers", "containers", "ephemeralContainers"])
    for (const container of list(spec[field])) defaultContainer(container, options.isPod);
  for (const volume of list(spec["volumes"])) defaultVolume(volume);
  if (options.restartPolicy) fill(spec, { restartPolicy: "Always" });
  fill(spec, { dnsPolicy: "ClusterFirst", schedulerName: "default-scheduler" });
  spec["terminationGracePeriodSeconds"] ??= 30;
  spec["securityContext"] ??= {};
  mirrorServiceAccount(spec);
  if (options.isPod) {
    spec["enableServiceLinks"] ??= true;
    if (spec["hostNetwork"] === true)
      for (const container of list(spec["containers"]))
        for (const port of list(container["ports"])) port["hostPort"] ??= port["containerPort"] ?? 0;
  }
}

/** The deprecated name and the new one say the same. */
function mirrorServiceAccount(spec: JsonObject): void {
  const name = spec["serviceAccountName"] ?? spec["serviceAccount"];
  if (name === undefined || name === "") return;
  spec["serviceAccountName"] = name;
  spec["serviceAccount"] = name;
}

/** Fills in `template.spec` in place, where there is one. */
export function defaultTemplate(
  template: unknown,
  options: { restartPolicy: boolean } = { restartPolicy: true },
): void {
  if (!isObject(template) || !isObject(template["spec"])) return;
  defaultPodSpec(template["spec"], { isPod: false, ...options });
}
