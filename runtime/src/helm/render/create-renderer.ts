import { renderChart, type LookupPort, type RenderedRelease, type RenderOptions } from "@eddy/helm";
import { parseApiVersion } from "@eddy/core/object";
import { hasReason, type KubeClient } from "@eddy/kube";
import type { RenderChart } from "../ports.ts";

/** How often a chart is rendered again because it asked for objects that had not been read. */
const maxRounds = 20;

/** What a renderer adds to each request: post-rendering, budget, randomness, time. */
export type RendererOptions = Pick<
  RenderOptions,
  "postRenderer" | "postRenderStrategy" | "randomBytes" | "now" | "budget" | "onWarning" | "remoteSchema"
>;

/**
 * Renders in process. `lookup` sees the cluster: what a template asks for is read between two renders, until nothing more is asked.
 * The renderer throws what the engine throws, and what the API server answers to a lookup other than that nothing is there.
 */
export function createRenderer(kube: KubeClient, options: RendererOptions = {}): RenderChart {
  return async (chart, { lookup, ...request }) => {
    const known = new Map<string, Found>();
    for (let round = 1; ; round++) {
      const wanted = new Map<string, Wanted>();
      const result = attempt(() =>
        renderChart(chart, { ...options, ...request, ...(lookup ? { lookup: portOf(known, wanted) } : {}) }),
      );
      if (wanted.size === 0 || round === maxRounds) return result();
      await Promise.all([...wanted].map(async ([key, what]) => void known.set(key, await find(what, kube))));
    }
  };
}

type Found = Readonly<Record<string, unknown>> | undefined;

interface Wanted {
  apiVersion: string;
  kind: string;
  namespace: string;
  name: string;
}

// A template that fails because it has not seen an object yet may do well with it.
function attempt(render: () => RenderedRelease): () => RenderedRelease {
  try {
    const rendered = render();
    return () => rendered;
  } catch (error) {
    return () => {
      throw error;
    };
  }
}

function portOf(known: ReadonlyMap<string, Found>, wanted: Map<string, Wanted>): LookupPort {
  return {
    lookup(apiVersion, kind, namespace, name) {
      const key = JSON.stringify([apiVersion, kind, namespace, name]);
      if (known.has(key)) return known.get(key);
      wanted.set(key, { apiVersion, kind, namespace, name });
      return undefined;
    },
  };
}

async function find({ apiVersion, kind, namespace, name }: Wanted, kube: KubeClient): Promise<Found> {
  const ref = { ...parseApiVersion(apiVersion), kind };
  try {
    if (name !== "") return await kube.get({ ...ref, namespace, name });
    const { items, resourceVersion } = await kube.list(ref, namespace === "" ? {} : { namespace });
    return { apiVersion, kind: `${kind}List`, metadata: { resourceVersion }, items };
  } catch (error) {
    if (hasReason(error, "NotFound")) return undefined;
    throw error;
  }
}
