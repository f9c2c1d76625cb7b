import type { ReleaseAction, ReleaseSnapshot, TestFilter, TestHookStatus } from "@eddy/api";
import { snapshotOf, type Release } from "@eddy/runtime/helm";
import { isOfRevision, latestOf } from "./history.ts";

/** The snapshot of a revision as the status keeps it. */
export function toSnapshot(release: Release, action: ReleaseAction | undefined, ociDigest?: string): ReleaseSnapshot {
  const { firstDeployed = "", lastDeployed = firstDeployed, testHooks: _, ...rest } = snapshotOf(release, ociDigest);
  return { ...rest, firstDeployed, lastDeployed, ...(action ? { action } : {}) };
}

/**
 * The history after an install or upgrade wrote these revisions: the newest comes to the front, the others take the place of
 * what was known of them.
 */
export function recordDeployed(
  history: readonly ReleaseSnapshot[],
  written: ReadonlyMap<number, Release>,
  { action, ociDigest }: { action: ReleaseAction; ociDigest: string },
): ReleaseSnapshot[] {
  const [newest, ...others] = [...written.values()].sort((left, right) => right.version - left.version);
  if (!newest) return [...history];
  // As upstream: what this one was made over, or superseded, is not the outcome of an action any more.
  const base = history.find(({ status }) => status === "deployed") ?? latestOf(history);
  const isOver = (known: ReleaseSnapshot): boolean =>
    known === base || others.some((release) => isOfRevision(known, release));
  const before = history.map((known) => (isOver(known) ? withoutAction(known) : known));
  const updated = others.reduce<readonly ReleaseSnapshot[]>((known, release) => recordKnown(known, release), before);
  const snapshot = toSnapshot(newest, action, ociDigest);
  return [snapshot, ...updated.filter((known) => !isOfRevision(known, newest))];
}

function withoutAction({ action: _action, ...snapshot }: ReleaseSnapshot): ReleaseSnapshot {
  return snapshot;
}

/** The history with what is known of a revision replaced; one that is not in it stays out. */
export function recordKnown(
  history: readonly ReleaseSnapshot[],
  release: Release,
  action?: ReleaseAction,
): ReleaseSnapshot[] {
  return history.map((known) => {
    if (!isOfRevision(known, release)) return known;
    const snapshot = toSnapshot(release, action ?? known.action, known.ociDigest);
    return known.testHooks ? { ...snapshot, testHooks: known.testHooks } : snapshot;
  });
}

/** The history after a rollback wrote a revision. */
export function recordRollback(history: readonly ReleaseSnapshot[], release: Release): ReleaseSnapshot[] {
  if (history.some((known) => isOfRevision(known, release))) return recordKnown(history, release, "rollback");
  return [toSnapshot(release, "rollback"), ...history];
}

/** The history after tests of its newest revision ran. */
export function recordTests(
  history: readonly ReleaseSnapshot[],
  release: Release,
  filters: readonly TestFilter[],
): ReleaseSnapshot[] {
  const [latest, ...rest] = history;
  if (!latest || !isOfRevision(latest, release)) return [...history];
  const [recorded = latest] = recordKnown([latest], release);
  return [{ ...recorded, testHooks: testHooksOf(release, filters) }, ...rest];
}

/** How the tests of a revision went, by name, as far as the filters select them. */
export function testHooksOf(release: Release, filters: readonly TestFilter[]): Record<string, TestHookStatus> {
  const tests = (release.hooks ?? []).filter(({ events }) => events?.includes("test"));
  const selected = tests.filter(({ name = "" }) => isSelected(name, filters));
  return Object.fromEntries(
    selected.map(({ name = "", last_run: { started_at, completed_at, phase } }) => [
      name,
      {
        ...(started_at ? { lastStarted: toSecond(started_at) } : {}),
        ...(completed_at ? { lastCompleted: toSecond(completed_at) } : {}),
        ...(phase === "" ? {} : { phase }),
      },
    ]),
  );
}

function isSelected(name: string, filters: readonly TestFilter[]): boolean {
  if (filters.some((filter) => filter.exclude && filter.name === name)) return false;
  const included = filters.filter((filter) => !filter.exclude);
  return included.length === 0 || included.some((filter) => filter.name === name);
}

function toSecond(time: string): string {
  return `${new Date(time).toISOString().slice(0, 19)}Z`;
}
