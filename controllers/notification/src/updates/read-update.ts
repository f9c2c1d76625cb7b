import type { FluxEvent } from "../event/flux-event.ts";

/** Keel's levels, the least first. Source: spec/flux1-keel-flagger.md 2.9. */
const levels = ["debug", "info", "success", "warn", "error", "fatal"] as const;

/** One of Keel's levels. */
export type UpdateLevel = (typeof levels)[number];

/** What an event says of an update by labels: how much it matters, and where the workload wants it told. */
export interface UpdateNews {
  readonly level: UpdateLevel;
  /** Of `keel.sh/notify`, in place of those that are set up for all; undefined where the workload says nothing. */
  readonly channels: readonly string[] | undefined;
  /** Names of Providers in the workload's namespace. */
  readonly providers: readonly string[];
}

const maxPlaces = 10;
const maxName = 80;
const providerPrefix = "provider/";

/** What the controller of updates wrote into an event's metadata; undefined for what nobody is told. Pure. */
export function readUpdate({ metadata = {} }: FluxEvent): UpdateNews | undefined {
  const level = levels.find((candidate) => candidate === metadata["keel.sh/level"]);
  if (!level) return undefined;
  const places = placesOf(metadata["keel.sh/notify"]);
  const providers = places.filter((place) => place.startsWith(providerPrefix));
  return {
    level,
    channels: places.length === 0 ? undefined : places.filter((place) => !providers.includes(place)),
    providers: providers.map((place) => place.slice(providerPrefix.length)),
  };
}

/** Whether news of a level are told where only those from another one on are wanted; what is no level is `info`. Pure. */
export function isTold(level: UpdateLevel, wanted: string | undefined): boolean {
  const least = levels.findIndex((candidate) => candidate === wanted?.toLowerCase());
  return levels.indexOf(level) >= (least < 0 ? levels.indexOf("info") : least);
}

function placesOf(text: string | undefined): string[] {
  const places = (text ?? "").split(",").map((place) => place.trim());
  return [...new Set(places.filter((place) => place !== "" && place.length <= maxName))].slice(0, maxPlaces);
}
