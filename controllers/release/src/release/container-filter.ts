import { messageOf } from "@eddy/core/errors";
import {
  compilePolicy,
  formatTagPattern,
  tagPatternOf,
  type Policy,
  type TagPattern,
  type TagRule,
} from "@eddy/image-policy";
import type { Workload } from "../workload/workload.ts";

/** The tag filter of a container; force does not reach it where the newest is asked for, as in Flux v1. */
export interface ContainerFilter {
  readonly policy: Policy & { readonly pattern: TagPattern };
  /** Made ready once: it is asked about every tag. Undefined for one that cannot be read, which refuses every tag. */
  readonly rule: TagRule | undefined;
  /** `filter "semver:~1" of container "web"`. */
  readonly shown: string;
  /** Why it cannot be read. */
  readonly problem: string | undefined;
  /** Whether every tag passes. */
  readonly isOpen: boolean;
}

/** Reads it. Pure. */
export function readFilter({ policies }: Pick<Workload, "policies">, container: string): ContainerFilter {
  const pattern = tagPatternOf(policies.fluxV1, container);
  const policy = { form: "pattern", pattern } as const;
  const shown = `filter ${JSON.stringify(formatTagPattern(pattern))} of container ${JSON.stringify(container)}`;
  const isOpen = pattern.form === "glob" && pattern.text === "*";
  try {
    return { policy, shown, isOpen, rule: compilePolicy(policy), problem: undefined };
  } catch (error) {
    return { policy, shown, isOpen, rule: undefined, problem: `${shown} refuses every tag: ${messageOf(error)}` };
  }
}
