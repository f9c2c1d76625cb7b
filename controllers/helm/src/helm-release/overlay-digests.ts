import type { CommonMetadata, HelmReleaseSpec, PostRenderer } from "@eddy/api";
import { digestOf } from "@eddy/core/digest";
import type { Json } from "@eddy/core/json";
import { formatGoJson } from "@eddy/runtime/helm";

/** Digests of what is laid over rendered objects; "" where there is nothing. */
export interface OverlayDigests {
  postRenderers: string;
  commonMetadata: string;
}

/** `sha256:<hex>` of Go's JSON of `spec.postRenderers` and `spec.commonMetadata`, with a line feed. Source: flux2.md 3.12. */
export function overlayDigestsOf({ postRenderers, commonMetadata }: HelmReleaseSpec): OverlayDigests {
  return {
    postRenderers: postRenderers ? digestOf(`[${postRenderers.map(formatPostRenderer).join(",")}]\n`) : "",
    commonMetadata: commonMetadata ? digestOf(`${formatMetadata(commonMetadata)}\n`) : "",
  };
}

function formatPostRenderer({ kustomize }: PostRenderer): string {
  if (!kustomize) return "{}";
  const patches = kustomize.patches?.map(({ patch, target }) => {
    const { group, version, kind, namespace, name, annotationSelector, labelSelector } = target ?? {};
    const selector = { group, version, kind, namespace, name, annotationSelector, labelSelector };
    return struct([
      ["patch", formatGoJson(patch)],
      ...(target ? [["target", struct(textFields(selector))] as const] : []),
    ]);
  });
  const images = kustomize.images?.map(({ name, newName, newTag, digest }) =>
    struct([["name", formatGoJson(name)], ...textFields({ newName, newTag, digest })]),
  );
  return struct([["kustomize", struct([...listField("patches", patches), ...listField("images", images)])]]);
}

function formatMetadata({ annotations, labels }: CommonMetadata): string {
  return struct([...mapField("annotations", annotations), ...mapField("labels", labels)]);
}

type Fields = (readonly [string, string])[];

function struct(fields: Fields): string {
  return `{${fields.map(([name, json]) => `"${name}":${json}`).join(",")}}`;
}

function textFields(fields: Readonly<Record<string, string | undefined>>): Fields {
  return Object.entries(fields).flatMap(([name, value]) => (value ? [[name, formatGoJson(value)] as const] : []));
}

function listField(name: string, items: readonly string[] | undefined): Fields {
  return items?.length ? [[name, `[${items.join(",")}]`]] : [];
}

function mapField(name: string, map: Record<string, string> | undefined): Fields {
  return map && Object.keys(map).length > 0 ? [[name, formatGoJson(map as Json)]] : [];
}
