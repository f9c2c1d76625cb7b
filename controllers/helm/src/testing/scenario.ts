import { findCondition, type Condition } from "@eddy/core/conditions";
import { valueAt, type KubeObject } from "@eddy/core/object";
import type { ChartFixture } from "./fake-sources.ts";
import type { World } from "./world.ts";

/** One story about HelmReleases. It throws an AssertionError where the controller does not do as it should. */
export interface Scenario {
  name: string;
  run(world: World): Promise<void>;
}

/** A template of a ConfigMap with a key from the values. */
export const configMapTemplate = `apiVersion: v1
kind: ConfigMap
metadata:
  name: {{ .Release.Name }}-config
data:
  key: {{ .Values.key | quote }}
  version: {{ .Chart.Version | quote }}
`;

/** A chart with one ConfigMap; `more` are further templates. */
export function chartOf(version: string, more: Readonly<Record<string, string>> = {}): ChartFixture {
  const templates = Object.fromEntries(Object.entries(more).map(([name, text]) => [`templates/${name}`, text]));
  return {
    version,
    files: { "values.yaml": "key: default\n", "templates/config.yaml": configMapTemplate, ...templates },
  };
}

/** A template that the API server refuses, so that an action fails after its release was stored. */
export const refusedTemplate = `apiVersion: v1
kind: Service
metadata:
  name: {{ .Release.Name }}-refused
spec:
  ports: [{ port: -1 }]
`;

/** A Pod that is a test, and never ends by itself. */
export function testTemplate(name: string): string {
  return `apiVersion: v1
kind: Pod
metadata:
  name: {{ .Release.Name }}-${name}
  annotations: { helm.sh/hook: test }
spec:
  restartPolicy: Never
  containers: [{ name: main, image: "example.org/test:1" }]
`;
}

/** A Deployment, which nobody makes ready but the story. */
export const deploymentTemplate = `apiVersion: apps/v1
kind: Deployment
metadata:
  name: {{ .Release.Name }}-web
spec:
  replicas: {{ .Values.replicas | default 1 }}
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web } }
    spec: { containers: [{ name: main, image: "nginx:{{ .Chart.Version }}" }] }
`;

/** What a ConfigMap has under a key. */
export function dataOf(object: KubeObject | undefined, key = "key"): string | undefined {
  const value = valueAt(object, "data", key);
  return typeof value === "string" ? value : undefined;
}

/** `type=status reason` of every condition. */
export function conditionsOf(object: KubeObject): string[] {
  const conditions = (valueAt(object, "status", "conditions") ?? []) as Condition[];
  return conditions.map(({ type, status, reason }) => `${type}=${status} ${reason}`);
}

/** The message of a condition, "" when it is not there. */
export function messageOf(object: KubeObject, type = "Ready"): string {
  const conditions = valueAt(object, "status", "conditions") as Condition[] | undefined;
  return findCondition(conditions, type)?.message ?? "";
}

/** Events as `severity reason message`, without their object's namespace; they follow the status that they speak of. */
export async function eventsOf(world: World, name: string): Promise<string[]> {
  await world.idle();
  return world.events
    .filter(({ involvedObject, severity }) => involvedObject.name === name && severity !== "trace")
    .map(({ severity, reason, message }) => `${severity} ${reason} ${message}`.replaceAll(`${world.namespace}/`, ""));
}
