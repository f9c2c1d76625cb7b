import { parseApiVersion } from "@eddy/core/object";
import type { PostRenderer, PostRenderStrategy } from "@eddy/helm";
import { hasReason, type KubeClient } from "@eddy/kube";
import type { RenderChart } from "../helm/index.ts";
import type { ChartRenderer } from "./chart-renderer.ts";
import type { LookupObject } from "./render-request.ts";

/** What is added to each request of {@link createPooledRenderer}. */
export interface PooledRendererOptions {
  readonly postRenderer?: PostRenderer;
  readonly postRenderStrategy?: PostRenderStrategy;
  /** Gets what Helm warns of. */
  readonly onWarning?: (line: string) => void;
}

/**
 * The rendering of releases by a renderer that many share: `lookup` sees the cluster as whoever `kube` speaks for. Throws what the
 * renderer throws, and what the API server answers to a lookup other than that nothing is there.
 */
export function createPooledRenderer(
  renderer: ChartRenderer,
  kube: KubeClient,
  { onWarning, ...options }: PooledRendererOptions = {},
): RenderChart {
  const find = lookupIn(kube);
  return async (chart, { lookup, ...request }) => {
    const rendered = await renderer.render(chart, { ...options, ...request, ...(lookup ? { lookup: find } : {}) });
    for (const line of rendered.warnings) onWarning?.(line);
    return rendered;
  };
}

/** Looks up objects in a cluster as templates ask for them: one by its name, or all of a namespace or of the cluster. */
export function lookupIn(kube: KubeClient): LookupObject {
  return async (apiVersion, kind, namespace, name) => {
    const ref = { ...parseApiVersion(apiVersion), kind };
    try {
      if (name !== "") return await kube.get({ ...ref, namespace, name });
      const { items, resourceVersion } = await kube.list(ref, namespace === "" ? {} : { namespace });
      return { apiVersion, kind: `${kind}List`, metadata: { resourceVersion }, items };
    } catch (error) {
      if (hasReason(error, "NotFound")) return undefined;
      throw error;
    }
  };
}
