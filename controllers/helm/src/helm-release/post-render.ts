import type { CommonMetadata, HelmRelease, PostRenderer as PostRendererSpec } from "@eddy/api";
import { isObject, type Json, type JsonObject } from "@eddy/core/json";
import type { KubeObject } from "@eddy/core/object";
import { memoryTree } from "@eddy/core/tree";
import { decode, dumpDocuments, parseDocuments } from "@eddy/goyaml";
import type { PostRenderer } from "@eddy/helm";
import { buildKustomization, type BuildResult } from "@eddy/kustomize";
import { originLabelsOf } from "./render-release.ts";

const input = "helm-output.yaml";

/**
 * What a HelmRelease lays over what its chart renders: its kustomizations in order, then common metadata, then the labels that
 * say whose objects these are. The text is as kustomize prints it. Source: helm-controller internal/postrender.
 */
export function createPostRenderer(object: HelmRelease): PostRenderer {
  const { postRenderers = [], commonMetadata } = object.spec;
  const kustomizations = postRenderers.flatMap(({ kustomize }) => (kustomize ? [kustomize] : []));
  const metadata: CommonMetadata = {
    labels: { ...commonMetadata?.labels, ...originLabelsOf(object) },
    ...(commonMetadata?.annotations ? { annotations: commonMetadata.annotations } : {}),
  };
  return {
    run(manifests) {
      if (manifests.trim() === "") return manifests;
      let text = manifests;
      for (const kustomization of kustomizations) text = build(text, kustomization).text();
      return dumpDocuments(parseObjects(text).map((object) => withMetadata(object, metadata) as unknown as Json));
    },
  };
}

function build(
  manifests: string,
  { patches = [], images = [] }: NonNullable<PostRendererSpec["kustomize"]>,
): BuildResult {
  const kustomization = {
    apiVersion: "kustomize.config.k8s.io/v1beta1",
    kind: "Kustomization",
    resources: [input],
    ...(patches.length === 0 ? {} : { patches }),
    ...(images.length === 0 ? {} : { images }),
  };
  const files = { [input]: manifests, "kustomization.yaml": JSON.stringify(kustomization) };
  return buildKustomization(memoryTree(files), "", { order: "none", loadRestrictor: "none" });
}

// As kustomize reads them, without what else it does: most releases have no kustomization, and a render is on the way of each.
function parseObjects(manifests: string): KubeObject[] {
  return parseDocuments(manifests).flatMap((document) => {
    const value = decode(document);
    return isObject(value) ? flatten(value) : [];
  });
}

function flatten(value: JsonObject): KubeObject[] {
  const { kind, items } = value;
  if (kind === "List" && Array.isArray(items)) return items.filter(isObject).flatMap(flatten);
  return [{ ...value, metadata: isObject(value["metadata"]) ? value["metadata"] : {} } as unknown as KubeObject];
}

function withMetadata(object: KubeObject, { labels, annotations }: CommonMetadata): KubeObject {
  const { metadata } = object;
  return {
    ...object,
    metadata: {
      ...metadata,
      labels: { ...metadata.labels, ...labels },
      ...(annotations ? { annotations: { ...metadata.annotations, ...annotations } } : {}),
    },
  };
}
