import { messageOf } from "@eddy/core/errors";
import { compilePolicy } from "../compile-policy.ts";
import type { Policy } from "../policy.ts";
import type { PolicyProblem } from "./problem.ts";

/** What is wrong with a policy, if anything. */
export function complaintOf(policy: Policy): string | undefined {
  try {
    compilePolicy(policy);
    return undefined;
  } catch (error) {
    return messageOf(error);
  }
}

/** The first of the keys that is there; others that say something else are reported. */
export function oneOf(
  values: Readonly<Record<string, string>>,
  keys: readonly string[],
  problems: PolicyProblem[],
): string | undefined {
  const [first, ...others] = keys.filter((key) => Object.hasOwn(values, key));
  if (first === undefined) return undefined;
  const chosen = values[first] ?? "";
  for (const other of others) {
    const value = values[other] ?? "";
    if (value === chosen) continue;
    const message = `${first} is ${JSON.stringify(chosen)} and ${other} is ${JSON.stringify(value)}: ${first} counts`;
    problems.push({ form: "Contradiction", keys: [first, other], message });
  }
  return chosen;
}
