import { formatImageRef, type ImageRef } from "@eddy/api";
import { findCondition, type Condition } from "@eddy/core/conditions";
import type { MarkedField, ScalarChange } from "@eddy/source-edit";
import { isSameImage, type ReadyPolicy } from "./select-policies.ts";

/**
 * A policy whose image a person has taken out of the repository after it had been committed: a revert, a rollback. It is left alone
 * until the policy chooses another image or the person puts it back. (Upstream writes over it.)
 */
export const heldCondition = "Held";
/** Reason of the condition and of its event. */
export const heldReason = "ChangedByHand";
/** With the value `overwrite` on an automation nothing is held. */
export const revertsAnnotation = "eddy.sh/reverts";

const changedBack = "left as they are, since a person changed them back";

/** Which policies are held, and which image of each: read from the condition, where they are kept. */
export function readHeld(conditions: readonly Condition[] | undefined): ReadonlyMap<string, string> {
  const message = findCondition(conditions, heldCondition)?.message ?? "";
  return new Map(
    Array.from(
      message.slice(message.indexOf(": ") + 1).matchAll(/(?<!\S)(\S+) \((\S+)\)/g),
      ([, policy = "", image = ""]) => [policy, image],
    ),
  );
}

/** The condition's message; `why` has no colon. */
export function formatHeld(held: ReadonlyMap<string, string>, why: string = changedBack): string {
  return `${why}: ${Array.from(held, ([policy, image]) => `${policy} (${image})`).join(", ")}`;
}

/** What is still held: the policy has not chosen another image, and its scalars still say something else. */
export function stillHeld(
  held: ReadonlyMap<string, string>,
  policies: readonly ReadyPolicy[],
  changes: readonly ScalarChange[],
): Map<string, string> {
  const kept = new Map<string, string>();
  for (const policy of policies) {
    const image = formatImageRef(policy.image);
    if (held.get(policy.name) === image && changes.some((change) => isOf(change.setter, policy)))
      kept.set(policy.name, image);
  }
  return kept;
}

/** The policies of changes that would write over a person: what they set stood there at the revision dealt with last. */
export function findReverted(
  changes: readonly ScalarChange[],
  before: readonly MarkedField[],
  policies: readonly ReadyPolicy[],
  observed: Readonly<Record<string, ImageRef>>,
): Map<string, string> {
  const stood = new Map(before.map((field) => [keyOf(field), field.value]));
  const reverted = new Map<string, string>();
  for (const policy of policies) {
    const known = Object.hasOwn(observed, policy.name) ? observed[policy.name] : undefined;
    if (!isSameImage(known, policy.image)) continue;
    const own = changes.filter((change) => isOf(change.setter, policy));
    if (own.some((change) => stood.get(keyOf(change)) === change.newValue))
      reverted.set(policy.name, formatImageRef(policy.image));
  }
  return reverted;
}

function keyOf({
  file,
  field,
  object,
  setter,
}: Pick<MarkedField, "file" | "field" | "object"> & { setter?: string }): string {
  return JSON.stringify([file, object, field, setter]);
}

/** Whether a change is one that a policy's marker asked for. Pure. */
export function isOf(setter: string | undefined, { namespace, name }: ReadyPolicy): boolean {
  const own = `${namespace}:${name}`;
  return setter === own || setter?.startsWith(`${own}:`) === true;
}
