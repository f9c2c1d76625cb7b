import { setImmediate } from "node:timers/promises";
import { genericReasons, imageReasons, type ImagePolicy } from "@eddy/api";
import { EddyError } from "@eddy/core/errors";
import { policyOfSpec, selectTag, type Policy, type Selection, type Tag } from "@eddy/image-policy";
import { StepError } from "@eddy/runtime/controller";

/** So many tags are judged in a few milliseconds; between two such shares others have their turn. */
const share = 1_000;

/** What scans found of a repository. */
export interface Scanned {
  readonly tags: readonly string[] | undefined;
  /** A scan is under way, and that it has found nothing yet is no news. */
  readonly isAwaited: boolean;
}

/**
 * The tag that a policy selects of what was scanned. Source: image-reflector-controller `applyPolicy`, internal/policy.
 * @throws StepError InvalidPolicy (terminal), DependencyNotReady, Failure (waiting) in upstream's words
 */
export async function selectLatest(object: ImagePolicy, { tags, isAwaited }: Scanned): Promise<string> {
  try {
    const policy = policyOfSpec(object.spec);
    // What is wrong with a policy is wrong without tags, too.
    selectTag(policy, []);
    if (tags === undefined || tags.length === 0) throw notScanned(isAwaited);
    const selection = await selectInTurns(policy, tags);
    // A copy: a piece of a text would keep all of it.
    if ("tag" in selection) return Buffer.from(selection.tag.name).toString();
    throw new StepError(imageReasons.failure, wordsOf(selection), {
      class: "waiting",
      severity: "error",
      retryAfterMs: nothingNewMs,
    });
  } catch (error) {
    if (!(error instanceof EddyError) || error.code !== "INVALID_IMAGE_POLICY") throw error;
    throw new StepError(imageReasons.invalidPolicy, error.message, { cause: error, class: "terminal" });
  }
}

/** The next scan, or a change of the spec, is what changes it: both are watched. */
const nothingNewMs = 900_000;

function notScanned(isAwaited: boolean): StepError {
  return new StepError(genericReasons.dependencyNotReady, "retrying in 30s error: no tags in database", {
    class: "waiting",
    severity: "error",
    ...(isAwaited ? { eventMessage: "" } : {}),
  });
}

async function selectInTurns(policy: Policy, names: readonly string[]): Promise<Selection> {
  const winners: Tag[] = [];
  const losers: Selection[] = [];
  for (let at = 0; at < names.length; at += share) {
    if (at > 0) await setImmediate();
    const selection = selectTag(
      policy,
      names.slice(at, at + share).map((name) => ({ name })),
    );
    if ("tag" in selection) winners.push(selection.tag);
    else losers.push(selection);
  }
  return mergeSelections(policy, winners, losers);
}

/** The choice among the chosen; what spoils a part spoils the whole. */
function mergeSelections(policy: Policy, winners: readonly Tag[], losers: readonly Selection[]): Selection {
  const [spoiled] = losers
    .flatMap((loser) => (loser.outcome === "spoiled" ? [loser] : []))
    .sort((left, right) => (left.by.tag > right.by.tag ? -1 : 1));
  if (spoiled) return spoiled;
  if (winners.length > 0) return selectTag(policy, winners);
  return losers.find(({ outcome }) => outcome === "none-accepted") ?? { outcome: "no-tags" };
}

function wordsOf(selection: Selection): string {
  if (selection.outcome === "spoiled") return `failed to parse invalid numeric value ${selection.by.detail ?? ""}`;
  return selection.outcome === "none-accepted"
    ? "unable to determine latest version from provided list"
    : "version list argument cannot be empty";
}
