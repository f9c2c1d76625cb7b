import type { HookEvent } from "@eddy/helm";
import { compareText } from "@eddy/core/json";
import type { ReleaseHook } from "../record/release.ts";

/** When a hook's objects are deleted. */
export type HookDeletePolicy = "before-hook-creation" | "hook-succeeded" | "hook-failed";

/** The places in the list of the hooks that run on an event, in the order in which they run: weight, name, kind's order. Pure. */
export function planHooks(hooks: readonly ReleaseHook[], event: HookEvent): number[] {
  const running = hooks.flatMap(({ events = [] }, index) => events.filter((own) => own === event).map(() => index));
  const at = (index: number): ReleaseHook => hooks[index] as ReleaseHook;
  return running.sort((left, right) => {
    const byWeight = (at(left).weight ?? 0) - (at(right).weight ?? 0);
    return byWeight || compareText(at(left).name ?? "", at(right).name ?? "") || left - right;
  });
}

/** Whether the policy is the hook's. Definitions are never deleted: everything of their kind would go. Pure. */
export function deletesOn({ kind, delete_policies = [] }: ReleaseHook, policy: HookDeletePolicy): boolean {
  return kind !== "CustomResourceDefinition" && delete_policies.includes(policy);
}

/** The hook with the policy that holds where none is given. */
export function withDefaultPolicy(hook: ReleaseHook): ReleaseHook {
  return (hook.delete_policies ?? []).length > 0 ? hook : { ...hook, delete_policies: ["before-hook-creation"] };
}
