import type { Clock } from "@eddy/core/clock";
import type { Capabilities } from "@eddy/helm";
import type { KubeClient } from "@eddy/kube";

type Version = Awaited<ReturnType<KubeClient["version"]>>;

/** A server is upgraded now and then, not between two releases of one pass. */
const versionLastsMs = 60_000;
const versions = new WeakMap<KubeClient, { version: Promise<Version>; untilMs: number }>();

/** What is served and in which version: `.Capabilities` of charts. The server's version is asked for once a minute. */
export async function observeCapabilities(kube: KubeClient, clock: Clock): Promise<Capabilities> {
  const [{ gitVersion, major, minor }, resources] = await Promise.all([versionOf(kube, clock), kube.resources()]);
  const apiVersions = new Set<string>();
  for (const { group, version, kind } of resources) {
    const groupVersion = group === "" ? version : `${group}/${version}`;
    apiVersions.add(groupVersion).add(`${groupVersion}/${kind}`);
  }
  return { kubeVersion: { version: gitVersion, major, minor }, apiVersions: [...apiVersions] };
}

function versionOf(kube: KubeClient, clock: Clock): Promise<Version> {
  const known = versions.get(kube);
  if (known && clock.now() < known.untilMs) return known.version;
  const version = kube.version();
  versions.set(kube, { version, untilMs: clock.now() + versionLastsMs });
  version.catch(() => versions.delete(kube));
  return version;
}
