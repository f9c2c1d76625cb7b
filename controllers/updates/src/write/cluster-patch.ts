import { formatTime } from "@eddy/core/conditions";
import { isObject } from "@eddy/core/json";
import { valueAt, type KubeObject } from "@eddy/core/object";
import { formatImage } from "@eddy/core/image";
import { formatRecords, lastUpdateAnnotation } from "../workload/record.ts";
import { templatePath } from "../workload/tracked.ts";
import { describeVersions, recordsAfter, wantedImage, type ImageChange, type UpdatePlan } from "./update-plan.ts";

/** One operation of a JSON Patch. */
export interface PatchOperation {
  readonly op: "test" | "add" | "replace";
  readonly path: string;
  readonly value: unknown;
}

/**
 * The patch that updates a workload in the cluster as Keel does: images, the change's cause, the digest, and a time on the template of
 * pods, so that a tag that was pushed again rolls them too. It fails where an image is no longer what it was. Pure.
 */
export function clusterPatch(plan: UpdatePlan, nowMs: number): PatchOperation[] {
  const { object, changes } = plan;
  const [time, template] = [formatTime(new Date(nowMs)), templatePath(object.kind)];
  const images = changes.flatMap((change) => imageOperations(object, change));
  const [first] = changes;
  return [
    ...images,
    ...setAnnotations(object, ["metadata"], {
      "kubernetes.io/change-cause": `keel automated update, version ${describeVersions(changes)} [${time}]`,
      ...(first ? { "keel.sh/digest": first.digest } : {}),
      [lastUpdateAnnotation]: formatRecords(recordsAfter(plan, true)),
    }),
    // The template of a HelmRelease is the chart's business.
    ...(object.kind === "HelmRelease"
      ? []
      : setAnnotations(object, [...template, "metadata"], { "keel.sh/update-time": time })),
  ];
}

/** Operations that set annotations of the object, or of a template in it, whether or not there are any yet. Pure. */
export function setAnnotations(
  object: KubeObject,
  path: readonly string[],
  annotations: Readonly<Record<string, string>>,
): PatchOperation[] {
  const at = pointer(path);
  const metadata = valueAt(object, ...path);
  if (!isObject(metadata)) return [{ op: "add", path: at, value: { annotations } }];
  if (!isObject(metadata["annotations"])) return [{ op: "add", path: `${at}/annotations`, value: annotations }];
  return Object.entries(annotations).map(([key, value]) => ({
    op: "add",
    path: `${at}/annotations/${escapeKey(key)}`,
    value,
  }));
}

function imageOperations(object: KubeObject, change: ImageChange): PatchOperation[] {
  const path = imagePath(object, change.container);
  if (path === undefined) return [];
  // A digest in the text of the old image is not kept: Keel never writes one, and pods are rolled by the time.
  const value =
    change.isDigestOnly && change.from.digest === undefined ? formatImage(change.from) : wantedImage(change);
  return [
    { op: "test", path, value: formatImage(change.from) },
    { op: "replace", path, value },
  ];
}

/** Where the image of a container, init container or image volume stands. */
function imagePath(object: KubeObject, container: string): string | undefined {
  const spec = [...templatePath(object.kind), "spec"];
  const lists = container.startsWith("volume/")
    ? [{ list: "volumes", name: container.slice("volume/".length), field: "image/reference" }]
    : ["containers", "initContainers"].map((list) => ({ list, name: container, field: "image" }));
  for (const { list, name, field } of lists) {
    const items = valueAt(object, ...spec, list);
    const index = Array.isArray(items) ? (items as unknown[]).findIndex((item) => valueAt(item, "name") === name) : -1;
    if (index >= 0) return `${pointer([...spec, list])}/${index}/${field}`;
  }
  return undefined;
}

function pointer(path: readonly string[]): string {
  return path.map((step) => `/${escapeKey(step)}`).join("");
}

function escapeKey(key: string): string {
  return key.replaceAll("~", "~0").replaceAll("/", "~1");
}
