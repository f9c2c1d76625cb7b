import { RE2JS } from "re2js";
import { messageOf } from "@eddy/core/errors";
import { compareText } from "@eddy/core/json";
import type { Release, ReleaseStatus } from "../record/release.ts";
import { ReleaseError } from "../release-error.ts";

/** Which releases are listed, and how. */
export interface ReleaseSelection {
  /** Go's regular expression that a name matches; absent or "": any. */
  filter?: string;
  /** Absent or empty: all but superseded ones. */
  statuses?: readonly ReleaseStatus[];
  byDate?: boolean;
  reverse?: boolean;
  /** Absent or 0: all. */
  limit?: number;
  offset?: number;
}

/**
 * Of each release its newest revision, as `helm list` shows them; every revision where only superseded ones are asked for. Pure.
 * @throws ReleaseError RELEASE_REQUEST_INVALID (terminal) for a filter that is no expression. Source: Helm `action/list.go`.
 */
export function selectReleases(releases: readonly Release[], selection: ReleaseSelection = {}): Release[] {
  const { statuses = [], byDate = false, reverse = false, limit = 0, offset = 0 } = selection;
  const matches = matcherOf(selection.filter ?? "");
  const named = releases.filter(({ name }) => matches(name));
  const onlyOld = statuses.length > 0 && statuses.every((status) => status === "superseded");
  const listed = (onlyOld ? named : newestOf(named)).filter(
    ({ info }) => statuses.length === 0 || statuses.includes(info.status),
  );
  const direction = reverse ? -1 : 1;
  listed.sort((left, right) => direction * (byDate ? compareDates(left, right) : compareText(left.name, right.name)));
  return listed.slice(offset, limit > 0 ? offset + limit : undefined);
}

function matcherOf(filter: string): (name: string) => boolean {
  if (filter === "") return () => true;
  try {
    const pattern = RE2JS.compile(filter);
    return (name) => pattern.matcher(name).find();
  } catch (error) {
    throw new ReleaseError("RELEASE_REQUEST_INVALID", messageOf(error), { class: "terminal", cause: error });
  }
}

function newestOf(releases: readonly Release[]): Release[] {
  const newest = new Map<string, Release>();
  for (const release of releases) {
    const key = `${release.namespace}/${release.name}`;
    const known = newest.get(key);
    if (!known || known.version <= release.version) newest.set(key, release);
  }
  return [...newest.values()];
}

function compareDates({ info: left }: Release, { info: right }: Release): number {
  return Date.parse(left.last_deployed ?? "") - Date.parse(right.last_deployed ?? "") || 0;
}
