import { formatImageRef } from "@eddy/api";
import { sha256 } from "@eddy/core/digest";
import type { PullRequest } from "@eddy/forge";
import { parseMark } from "@eddy/runtime/pull-request";
import type { ReadyPolicy } from "../select-policies.ts";

const maxAsks = 400;

/** What a pull request asks for, by policy, for its mark. Pure. */
export function asksOf(policies: readonly ReadyPolicy[]): Record<string, string> {
  return Object.fromEntries(policies.slice(0, maxAsks).map((policy) => [policy.name, askOf(policy)]));
}

function askOf({ image }: ReadyPolicy): string {
  return sha256(formatImageRef(image)).slice(0, 16);
}

/**
 * Policies whose image people have refused, with that image: by closing a pull request that asked for it, or, unless `overwritesReverts`,
 * by taking back the last one that was merged. `history`: all pull requests of the branch. What is asked for by an open one is not
 * refused. Pure.
 */
export function refusedImages(
  policies: readonly ReadyPolicy[],
  history: readonly PullRequest[],
  { overwritesReverts }: { overwritesReverts: boolean },
): { closed: Map<string, string>; takenBack: Map<string, string> } {
  const asked = history
    .toSorted((left, right) => right.number - left.number)
    .flatMap(({ state, body }) => {
      const mark = parseMark(body);
      return mark ? [{ state, asks: new Map(Object.entries(mark.asks)) }] : [];
    });
  const [closed, takenBack] = [new Map<string, string>(), new Map<string, string>()];
  for (const policy of policies) {
    const { name } = policy;
    const own = asked.filter(({ asks }) => asks.has(name));
    const isAsked = (one: (typeof own)[number] | undefined): boolean => one?.asks.get(name) === askOf(policy);
    if (own.some((one) => one.state === "open" && isAsked(one))) continue;
    if (own.some((one) => one.state === "closed" && isAsked(one))) closed.set(name, formatImageRef(policy.image));
    // An older one says nothing: a policy may go back on purpose.
    else if (!overwritesReverts && isAsked(own.find(({ state }) => state === "merged")))
      takenBack.set(name, formatImageRef(policy.image));
  }
  return { closed, takenBack };
}
