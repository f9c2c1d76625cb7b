/**
 * `status.conditions`, as Kubernetes and kstatus read them.
 *
 * Not the place that decides conditions (the controller frame does). Entry points: {@link setCondition}, {@link findCondition}.
 */

/** `status` of a condition. */
export type ConditionStatus = "True" | "False" | "Unknown";

/** One condition; `lastTransitionTime` is RFC 3339 to the second. */
export interface Condition {
  type: string;
  status: ConditionStatus;
  reason: string;
  message: string;
  lastTransitionTime: string;
  observedGeneration?: number;
}

/** What a caller decides of a condition; time and generation are filled in. */
export type ConditionChange = Pick<Condition, "type" | "status" | "reason" | "message">;

/** The condition of a type, or undefined. */
export function findCondition(conditions: readonly Condition[] | undefined, type: string): Condition | undefined {
  return conditions?.find((condition) => condition.type === type);
}

/** Whether the condition of this type is True. */
export function isTrue(conditions: readonly Condition[] | undefined, type: string): boolean {
  return findCondition(conditions, type)?.status === "True";
}

/**
 * A new list with the condition set. The transition time moves only when status, reason or message changes, as Flux's
 * runtime does it; a re-set equal condition keeps its time and takes the new generation.
 */
export function setCondition(
  conditions: readonly Condition[],
  change: ConditionChange,
  at: { now: Date; generation?: number },
): Condition[] {
  const previous = findCondition(conditions, change.type);
  const unchanged =
    previous !== undefined &&
    previous.status === change.status &&
    previous.reason === change.reason &&
    previous.message === change.message;
  const next: Condition = {
    type: change.type,
    status: change.status,
    reason: change.reason,
    message: change.message,
    lastTransitionTime: unchanged ? previous.lastTransitionTime : formatTime(at.now),
    ...(at.generation === undefined ? {} : { observedGeneration: at.generation }),
  };
  if (!previous) return [...conditions, next];
  return conditions.map((condition) => (condition.type === change.type ? next : condition));
}

/** A new list without the conditions of these types. */
export function removeConditions(conditions: readonly Condition[], ...types: string[]): Condition[] {
  return conditions.filter((condition) => !types.includes(condition.type));
}

/** RFC 3339 in UTC to the second: how `metav1.Time` is written. */
export function formatTime(date: Date): string {
  return `${date.toISOString().slice(0, 19)}Z`;
}
