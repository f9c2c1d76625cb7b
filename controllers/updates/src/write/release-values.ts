import { Buffer } from "node:buffer";
import { isObject, type JsonObject } from "@eddy/core/json";
import { refOf, valueAt, type KubeObject } from "@eddy/core/object";
import { memoryTree } from "@eddy/core/tree";
import { planEdits } from "@eddy/source-edit";
import { wantedImage, type ImageChange } from "./update-plan.ts";

const file = "object.yaml";

/** The values of a HelmRelease with these images; undefined where one of them stands nowhere in them. Pure. */
export function valuesWith(object: KubeObject, changes: readonly ImageChange[]): JsonObject | undefined {
  const { apiVersion, kind, metadata, spec } = object;
  const { name, namespace } = metadata;
  // JSON is YAML: what counts as an image is told in one place.
  const text = JSON.stringify({ apiVersion, kind, metadata: { name, namespace }, spec });
  const { group } = refOf(object);
  const edits = changes.map((change) => ({
    kind: "image" as const,
    object: { kind, name, group, file },
    container: change.container,
    image: wantedImage(change),
  }));
  const plan = planEdits(memoryTree({ [file]: text }), edits);
  const bytes = plan.files.get(file);
  if (plan.unmatched.length > 0 || plan.refusals.length > 0 || bytes === undefined) return undefined;
  const values = valueAt(JSON.parse(Buffer.from(bytes).toString("utf8")), "spec", "values");
  return isObject(values) ? values : undefined;
}
