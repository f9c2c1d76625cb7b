import { helmNameLabel, helmNamespaceLabel, type HelmRelease } from "@eddy/api";
import type { KubeClient } from "@eddy/kube";
import { parseManifest, type Release, type RenderChart } from "@eddy/runtime/helm";
import { createPooledRenderer, type ChartRenderer } from "@eddy/runtime/rendering";
import { createPostRenderer } from "./post-render.ts";
import type { HelmReleaseSettings } from "./ports.ts";

/** What rendering needs of the world. */
export interface ReleaseRendererOptions {
  /** Where `lookup` looks, as whom the release is installed. */
  kube: KubeClient;
  /** Shared by all releases. */
  renderer: ChartRenderer;
  settings: Pick<HelmReleaseSettings, "helm3Defaults">;
}

/** Renders the charts of a release, with its post-renderers, common metadata and origin labels. */
export function createReleaseRenderer(
  object: HelmRelease,
  { kube, renderer, settings }: ReleaseRendererOptions,
): RenderChart {
  return createPooledRenderer(renderer, kube, {
    postRenderer: createPostRenderer(object),
    postRenderStrategy: object.spec.postRenderStrategy ?? (settings.helm3Defaults ? "nohooks" : "combined"),
  });
}

/** The labels that every object of a release, and every definition of its chart, carries. */
export function originLabelsOf({ metadata }: HelmRelease): Record<string, string> {
  return { [helmNameLabel]: metadata.name, [helmNamespaceLabel]: metadata.namespace ?? "" };
}

/** Whether a stored release was made for this HelmRelease, and not by hand or for another one. */
export function isMadeFor({ manifest = "" }: Pick<Release, "manifest">, object: HelmRelease): boolean {
  const origin = Object.entries(originLabelsOf(object));
  return parseManifest(manifest).some(({ metadata }) =>
    origin.every(([label, value]) => metadata.labels?.[label] === value),
  );
}
