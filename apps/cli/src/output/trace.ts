import { findCondition, type Condition } from "@eddy/core/conditions";
import { valueAt, type KubeObject } from "@eddy/core/object";
import type { ObjectTrace } from "../cluster/trace-object.ts";
import { neutralise } from "./terminal-text.ts";

type Line = readonly [label: string, value: string];

/** Of `status.artifact.metadata`: where an artifact was made from. */
const origins = [
  ["Origin Revision", "org.opencontainers.image.revision"],
  ["Origin Source", "org.opencontainers.image.source"],
] as const;

/** A trace in blocks of aligned lines, as Flux prints it: the object, who manages it, and each source. */
export function formatTrace({ object, manager, sources }: ObjectTrace): string {
  const isHelm = manager.kind === "HelmRelease";
  const head = block([...headOf(object), ["Status", "Managed by Flux"]], isHelm ? 16 : 17);
  const blocks = [manager, ...sources].map((part) => block(linesOf(part), widthOf(part, isHelm)));
  return `\n${[head, ...blocks].join("---\n")}`;
}

/** Upstream aligns the blocks of a HelmRelease's trace differently. */
function widthOf({ kind }: KubeObject, isHelm: boolean): number {
  if (!isHelm || kind === "OCIRepository" || kind === "ExternalArtifact") return 17;
  return kind === "GitRepository" ? 15 : 16;
}

function block(lines: readonly Line[], width: number): string {
  return lines.map(([label, value]) => `${`${label}:`.padEnd(width)}${neutralise(value)}\n`).join("");
}

function headOf({ kind, metadata }: KubeObject): Line[] {
  const name: Line = ["Object", `${kind}/${metadata.name}`];
  return metadata.namespace ? [name, ["Namespace", metadata.namespace]] : [name];
}

function linesOf(object: KubeObject): Line[] {
  const details = (detailsOf[object.kind] ?? sourceDetails)(object);
  return [
    [object.kind, object.metadata.name],
    ["Namespace", object.metadata.namespace ?? ""],
    ...details,
    ...revisionOf(object),
    ...statusOf(object),
  ];
}

const detailsOf: Readonly<Record<string, (object: KubeObject) => Line[]>> = {
  Kustomization: (object) => [
    ...given("Target", text(object, "spec", "targetNamespace")),
    ["Path", text(object, "spec", "path")],
    ["Revision", text(object, "status", "lastAppliedRevision")],
  ],
  HelmRelease: (object) => [
    ...given("Target", text(object, "spec", "targetNamespace")),
    ["Revision", text(object, "status", "lastAttemptedRevision")],
  ],
  HelmChart: (object) => [
    ["Chart", text(object, "spec", "chart")],
    ["Version", text(object, "spec", "version")],
  ],
  ExternalArtifact: (object) => {
    const at = ["spec", "sourceRef"];
    if (valueAt(object, ...at) === undefined) return [];
    return [["Source", ["kind", "namespace", "name"].map((field) => text(object, ...at, field)).join("/")]];
  },
  Bucket: (object) => [["URL", `${text(object, "spec", "endpoint")}/${text(object, "spec", "bucketName")}`]],
};

function sourceDetails(object: KubeObject): Line[] {
  return [["URL", text(object, "spec", "url")], ...referenceOf(object).slice(0, 1)];
}

function referenceOf(object: KubeObject): Line[] {
  const ref = (field: string): string => text(object, "spec", "ref", field);
  const last: Line[] =
    object.kind === "OCIRepository" ? given("Digest", ref("digest")) : given("Branch", ref("branch"));
  return [...given("Tag", ref("tag")), ...given("Tag", ref("semver")), ...last];
}

function revisionOf(object: KubeObject): Line[] {
  const artifact = valueAt(object, "status", "artifact");
  if (artifact === undefined) return [];
  return [
    ["Revision", text(object, "status", "artifact", "revision")],
    ...origins.flatMap(([label, key]) => given(label, text(object, "status", "artifact", "metadata", key))),
  ];
}

function statusOf(object: KubeObject): Line[] {
  const ready = findCondition(valueAt(object, "status", "conditions") as Condition[] | undefined, "Ready");
  if (!ready) return [["Status", "Unknown"]];
  const isApplier = object.kind === "Kustomization" || object.kind === "HelmRelease";
  const outcome = ready.status === "False" && !isApplier ? "Last reconciliation failed at" : "Last reconciled at";
  return [
    ["Status", `${outcome} ${timeText(ready.lastTransitionTime)}`],
    ["Message", ready.message],
  ];
}

/** RFC 3339 as Go prints a time in UTC. */
function timeText(time: string): string {
  return time.replace("T", " ").replace(/Z$/, " +0000 UTC");
}

function given(label: string, value: string): Line[] {
  return value === "" ? [] : [[label, value]];
}

function text(object: KubeObject, ...path: string[]): string {
  const value = valueAt(object, ...path);
  return typeof value === "string" ? value : "";
}
