import {
  findCondition,
  removeConditions,
  setCondition,
  type Condition,
  type ConditionChange,
} from "@eddy/core/conditions";
import { determineConsequence } from "./consequence.ts";
import type { Conclusion, Outcome } from "./outcome.ts";

/** Longest condition message, in UTF-16 units. Source: Flux runtime conditions, `maxMessageLength`. */
const maxMessageLength = 32_768;
const firstTypes: readonly string[] = ["Stalled", "Reconciling", "Ready"];

/** When and for which generation conditions are set. */
export interface ConditionMoment {
  now: Date;
  generation: number;
}

/** The list in upstream's order: Stalled, Reconciling, Ready, then the newest observed generation first, then by type. */
export function sortConditions(conditions: readonly Condition[]): Condition[] {
  return [...conditions].sort((left, right) => {
    const weights = [left, right].map(({ type }) => firstTypes.indexOf(type));
    const [a = -1, b = -1] = weights;
    if (a >= 0 && b >= 0) return a - b;
    if (a >= 0 || b >= 0) return a >= 0 ? -1 : 1;
    const generations = (right.observedGeneration ?? 0) - (left.observedGeneration ?? 0);
    return generations !== 0 ? generations : left.type < right.type ? -1 : 1;
  });
}

/** Sets several conditions; messages are cut at upstream's length. */
export function setConditions(
  conditions: readonly Condition[],
  moment: ConditionMoment,
  ...changes: ConditionChange[]
): Condition[] {
  let next = [...conditions];
  for (const change of changes)
    next = setCondition(
      next,
      { ...change, message: trimMessage(change.message) },
      { now: moment.now, generation: moment.generation },
    );
  return sortConditions(next);
}

function trimMessage(message: string): string {
  return message.length <= maxMessageLength ? message : `${message.slice(0, maxMessageLength - 3)}...`;
}

/** Conditions while a pass works: Reconciling=True, Ready=Unknown unless it is left as it is, Stalled gone. */
export function progressConditions(
  conditions: readonly Condition[],
  moment: ConditionMoment,
  messages: { reconciling: string; ready: string | undefined },
): Condition[] {
  const { reconciling, ready } = messages;
  const changes: ConditionChange[] = [
    { type: "Reconciling", status: "True", reason: "Progressing", message: reconciling },
  ];
  if (ready !== undefined) changes.unshift({ type: "Ready", status: "Unknown", reason: "Progressing", message: ready });
  return setConditions(removeConditions(conditions, "Stalled"), moment, ...changes);
}

/**
 * The conditions of a suspended source: Ready is said of the spec that suspends it, where others say why, nothing is Stalled, and what was
 * under way waits.
 * Source: source-controller 1.9, which summarises and patches without a pass (`SummarizeAndPatch`, `ComputeReconcileResult`).
 */
export function suspendedConditions(conditions: readonly Condition[], moment: ConditionMoment): Condition[] {
  const left = removeConditions(conditions, "Stalled");
  const [ready, reconciling] = ["Ready", "Reconciling"].map((type) => findCondition(left, type));
  return setConditions(
    left,
    moment,
    ...(reconciling?.status === "True" ? [{ ...reconciling, reason: "ProgressingWithRetry" }] : []),
    ...(ready && left.length > 1 ? [ready] : []),
  );
}

/** What a pass leaves behind. */
export interface Settled {
  conditions: Condition[];
  /** Whether status.observedGeneration becomes the generation. */
  observed: boolean;
}

/** The conditions that a conclusion leaves. Pure. */
export function concludeConditions(
  conditions: readonly Condition[],
  { ready, stalled, retrying, keepsReconciling = false, observed }: Conclusion,
  moment: ConditionMoment,
): Settled {
  const changes: ConditionChange[] = [{ type: "Ready", ...ready }];
  if (stalled) changes.push({ type: "Stalled", status: "True", ...stalled });
  if (retrying !== undefined)
    changes.push({ type: "Reconciling", status: "True", reason: "ProgressingWithRetry", message: retrying });
  const stale = [
    ...(stalled ? [] : ["Stalled"]),
    ...(retrying === undefined && !keepsReconciling ? ["Reconciling"] : []),
  ];
  return { conditions: setConditions(removeConditions(conditions, ...stale), moment, ...changes), observed };
}

/** Options of {@link settleConditions}. */
export interface SettleOptions {
  /** Negative conditions of the kind, removed on success. */
  negative: readonly string[];
  /** The reason of Reconciling while it fails; default `ProgressingWithRetry`. */
  retryingReason?: string | undefined;
  /** What the pass did last, kept in Reconciling while it fails; absent: what stood there, if anything did. */
  progress: string | undefined;
}

/** The conditions that an outcome leaves. Pure; the class of a failure is read from the one table, `determineConsequence`. */
export function settleConditions(
  conditions: readonly Condition[],
  outcome: Extract<Outcome, { kind: "succeeded" | "failed" }>,
  moment: ConditionMoment,
  { negative, progress, retryingReason = "ProgressingWithRetry" }: SettleOptions,
): Settled {
  if (outcome.kind === "succeeded") {
    const { reason, message } = outcome;
    const rest = removeConditions(conditions, "Reconciling", "Stalled", ...negative);
    return {
      conditions: setConditions(rest, moment, { type: "Ready", status: "True", reason, message }),
      observed: true,
    };
  }
  const { error } = outcome;
  const consequence = determineConsequence(error);
  const { reason, readyReason, message } = error;
  const changes: ConditionChange[] = [{ type: "Ready", status: "False", reason: readyReason, message }];
  if (error.condition !== undefined) changes.push({ type: error.condition, status: "True", reason, message });
  if (consequence.stalled) {
    changes.push({ type: "Stalled", status: "True", reason, message });
    return {
      conditions: setConditions(removeConditions(conditions, "Reconciling"), moment, ...changes),
      observed: true,
    };
  }
  const doing = progress ?? findCondition(conditions, "Reconciling")?.message;
  if (doing !== undefined)
    changes.push({ type: "Reconciling", status: "True", reason: retryingReason, message: doing });
  return { conditions: setConditions(removeConditions(conditions, "Stalled"), moment, ...changes), observed: false };
}
