import { valueAt, type KubeObject } from "@eddy/core/object";

const key = "keel.sh/notify";

/**
 * Where an object wants its updates told, as it says it: `keel.sh/notify`, an annotation before a label, or of a HelmRelease
 * `keel.notificationChannels` in its values; names between commas, "" where it says nothing. Pure. Source: spec/flux1-keel-flagger.md
 * 2.3, 2.8.
 */
export function notifyPlaces({ metadata, ...object }: KubeObject): string {
  const channels = valueAt(object, "spec", "values", "keel", "notificationChannels");
  const inValues = Array.isArray(channels) ? channels.filter((name) => typeof name === "string").join(",") : "";
  return object.kind === "HelmRelease" ? inValues : (metadata.annotations?.[key] ?? metadata.labels?.[key] ?? "");
}
