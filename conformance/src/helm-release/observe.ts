import { gunzipSync } from "node:zlib";
import type { Json, JsonObject } from "@eddy/core/json";
import type { KubeObject } from "@eddy/core/object";
import type { KubeClient } from "@eddy/kube";
import { maskData, maskText } from "./masks.ts";

/** Kinds of objects that releases here have. */
const kinds = [
  { group: "", kind: "ConfigMap" },
  { group: "", kind: "Service" },
  { group: "apps", kind: "Deployment" },
  { group: "batch", kind: "Job" },
  { group: "", kind: "Pod" },
] as const;

/** What stands in a namespace: objects without their status, and release records decoded. */
export async function observe(kube: KubeClient, namespace: string, custom: string): Promise<Record<string, Json>> {
  const seen: Record<string, Json> = {};
  const { items: secrets } = await kube.list({ group: "", kind: "Secret" }, { namespace, labelSelector: "owner=helm" });
  for (const secret of secrets) seen[`Secret ${secret.metadata.name}`] = maskNames(recordOf(secret), namespace);
  const wanted = [...kinds, { group: "helm-release.example", kind: custom }];
  for (const kind of wanted) {
    const { items } = await kube.list(kind, { namespace }).catch(() => ({ items: [] }));
    for (const object of items) {
      // Pods of workloads are their controllers'.
      if (object.metadata.ownerReferences || object.metadata.name === "kube-root-ca.crt") continue;
      // On its way out: how far it is, is the garbage collector's business.
      if (object.metadata.deletionTimestamp) continue;
      seen[`${kind.kind} ${object.metadata.name}`] = maskNames(factsOf(object), namespace);
    }
  }
  return seen;
}

/** What counts of a live object: its fields, and who manages them; not what controllers wrote. */
function factsOf({ apiVersion, kind, metadata, ...fields }: KubeObject): Json {
  const { status: _status, ...rest } = fields;
  const { labels, annotations, name } = metadata;
  const managers = (metadata.managedFields ?? [])
    .filter(({ manager, subresource }) => !subresource && manager !== "kube-controller-manager")
    .map(({ manager = "", operation = "", fieldsV1 }) => ({ manager, operation, fieldsV1 }))
    .sort((left, right) => (`${left.manager}${left.operation}` < `${right.manager}${right.operation}` ? -1 : 1));
  return maskData({ apiVersion, kind, name, labels, annotations, ...rest, managers } as unknown as JsonObject);
}

function recordOf(secret: KubeObject): Json {
  const data = (secret["data"] as Record<string, string>)["release"] ?? "";
  const bytes = gunzipSync(Buffer.from(Buffer.from(data, "base64").toString("latin1"), "base64"));
  const release = JSON.parse(bytes.toString("utf8")) as JsonObject & { chart: Record<string, Json> };
  // As text, in which the name of the definition can be masked.
  for (const list of ["templates", "files"])
    for (const file of (release.chart[list] ?? []) as { data: string }[])
      file.data = Buffer.from(file.data, "base64").toString("latin1");
  const managers = (secret.metadata.managedFields ?? []).map(
    ({ manager = "", operation = "" }) => `${manager} ${operation}`,
  );
  return maskData({ labels: secret.metadata.labels, type: secret["type"], managers, release } as unknown as JsonObject);
}

function maskNames(value: Json, namespace: string): Json {
  return JSON.parse(JSON.stringify(value).replaceAll(namespace, "NAMESPACE")) as Json;
}

/** What a command printed, comparable. */
export function maskOutput(text: string, namespace: string, folder: string): string {
  return maskText(text.replaceAll(folder, "FOLDER").replaceAll(namespace, "NAMESPACE"));
}
