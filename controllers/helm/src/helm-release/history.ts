import type { ReleaseSnapshot } from "@eddy/api";

const maxKept = 5;

/** Newest revision first. */
export function sortHistory(history: readonly ReleaseSnapshot[]): ReleaseSnapshot[] {
  return [...history].sort((left, right) => right.version - left.version);
}

/** The newest snapshot. */
export function latestOf(history: readonly ReleaseSnapshot[] | undefined): ReleaseSnapshot | undefined {
  return history?.reduce<ReleaseSnapshot | undefined>(
    (newest, snapshot) => (newest && newest.version >= snapshot.version ? newest : snapshot),
    undefined,
  );
}

/** The newest good snapshot before the newest one: what a rollback goes back to. */
export function previousOf(
  history: readonly ReleaseSnapshot[] | undefined,
  options: { ignoreTests: boolean },
): ReleaseSnapshot | undefined {
  return sortHistory(history ?? [])
    .slice(1)
    .find((snapshot) => isGood(snapshot, options));
}

/** The newest snapshot and all down to the good one before it; without a good one, the newest five. */
export function truncateHistory(
  history: readonly ReleaseSnapshot[],
  options: { ignoreTests: boolean },
): ReleaseSnapshot[] {
  const sorted = sortHistory(history);
  const good = sorted.findIndex((snapshot, index) => index > 0 && isGood(snapshot, options));
  return sorted.slice(0, good < 0 ? maxKept : good + 1);
}

/** The newest five. */
export function limitHistory(history: readonly ReleaseSnapshot[]): ReleaseSnapshot[] {
  return sortHistory(history).slice(0, maxKept);
}

function isGood(snapshot: ReleaseSnapshot, { ignoreTests }: { ignoreTests: boolean }): boolean {
  if (snapshot.status !== "deployed" && snapshot.status !== "superseded") return false;
  return ignoreTests || !hasFailedTest(snapshot);
}

/** Whether a test hook failed. */
export function hasFailedTest({ testHooks }: ReleaseSnapshot): boolean {
  return Object.values(testHooks ?? {}).some(({ phase }) => phase === "Failed");
}

/** Whether tests are over: there were none, one failed, or all succeeded. */
export function hasBeenTested(snapshot: ReleaseSnapshot): boolean {
  if (!snapshot.testHooks) return false;
  return hasFailedTest(snapshot) || Object.values(snapshot.testHooks).every(({ phase }) => phase === "Succeeded");
}

/** `<namespace>/<name>.v<revision>`. */
export function fullReleaseName({ namespace, name, version }: ReleaseSnapshot): string {
  return `${namespace}/${name}.v${version}`;
}

/** `<chart>@<version>`. */
export function versionedChartName({ chartName, chartVersion }: ReleaseSnapshot): string {
  return `${chartName}@${chartVersion}`;
}

/** What names one revision. */
export interface RevisionRef {
  name: string;
  namespace: string;
  version: number;
}

/** Whether the snapshot is of this revision. */
export function isOfRevision(snapshot: ReleaseSnapshot, { name, namespace, version }: RevisionRef): boolean {
  return snapshot.name === name && snapshot.namespace === namespace && snapshot.version === version;
}
