import { isObject } from "@eddy/core/json";
import { valueAt } from "@eddy/core/object";
import { canonicalNameOf, parseImage } from "@eddy/core/image";
import type { PolicyMetadata } from "@eddy/image-policy";

/** Keys of `keel:` in a chart's values, and the annotation that says the same of a workload. Source: keel-hq/keel provider/helm3. */
const annotationOf: Readonly<Record<string, string>> = {
  policy: "keel.sh/policy",
  matchTag: "keel.sh/matchTag",
  matchPreRelease: "keel.sh/matchPreRelease",
  trigger: "keel.sh/trigger",
  pollSchedule: "keel.sh/pollSchedule",
  approvals: "keel.sh/approvals",
  approvalDeadline: "keel.sh/approvalDeadline",
};

/** What `keel:` in values says, as annotations would; of no values nothing. Pure. */
export function helmMetadata(values: unknown): PolicyMetadata {
  const keel = valueAt(values, "keel");
  if (!isObject(keel)) return {};
  const annotations = Object.entries(annotationOf).flatMap(([key, annotation]) => {
    const value = keel[key];
    const isScalar = typeof value === "string" || typeof value === "number" || typeof value === "boolean";
    return isScalar ? [[annotation, String(value)] as const] : [];
  });
  const [image] = imagesOf(keel);
  const secret = image && valueAt(image, "imagePullSecret");
  const notes = image && valueAt(image, "releaseNotes");
  return {
    annotations: {
      ...Object.fromEntries(annotations),
      ...(typeof secret === "string" ? { "keel.sh/imagePullSecret": secret } : {}),
      ...(typeof notes === "string" ? { "keel.sh/releaseNotes": notes } : {}),
    },
  };
}

/**
 * Which images of the values are meant: those whose repository stands at a dot path of `keel.images`; all where none is listed.
 */
export function isHelmImage(values: unknown): (container: string, image: string) => boolean {
  const keel = valueAt(values, "keel");
  const listed = isObject(keel) ? imagesOf(keel) : [];
  if (listed.length === 0) return () => true;
  const repositories = listed.flatMap((entry) => {
    const path = valueAt(entry, "repository");
    const found = typeof path === "string" ? valueAt(values, ...path.split(".")) : undefined;
    return typeof found === "string" ? [repositoryOf(found)] : [];
  });
  return (_container, image) => repositories.includes(repositoryOf(image));
}

function imagesOf(keel: Record<string, unknown>): unknown[] {
  return Array.isArray(keel["images"]) ? (keel["images"] as unknown[]) : [];
}

function repositoryOf(text: string): string {
  try {
    return canonicalNameOf(parseImage(text).name);
  } catch {
    return text;
  }
}
