import type { TagPattern } from "../policy.ts";
import { complaintOf, oneOf } from "./one-of.ts";
import type { PolicyMetadata, PolicyProblem } from "./problem.ts";
import { anyTag, parseTagPattern } from "./tag-pattern.ts";

/** What Flux v1's annotations say of a workload. Source: fluxcd/flux pkg/policy; spec/flux1-keel-flagger.md 1.7. */
export interface FluxV1Policies {
  readonly automated: boolean;
  readonly locked: boolean;
  readonly lockedBy?: string;
  readonly lockedMessage?: string;
  /** `all`: not synced, not released; `sync-only`: not synced, and reported all the same. */
  readonly ignored: "no" | "all" | "sync-only";
  /** Tag filters by container. */
  readonly filters: Readonly<Record<string, TagPattern>>;
  /** The release that the object was rendered from: such objects are not to be edited. */
  readonly antecedent?: string;
  /** Which prefix the annotations have; a change keeps it. */
  readonly prefix: "fluxcd.io/" | "flux.weave.works/";
  readonly problems: readonly PolicyProblem[];
}

const [prefix, legacyPrefix] = ["fluxcd.io/", "flux.weave.works/"] as const;
const filterPrefix = "filter.fluxcd.io/";

/** Reads Flux v1's annotations; the older prefix and the older spelling of filters count where the newer ones are missing. */
export function readFluxV1Policies({ annotations = {} }: PolicyMetadata): FluxV1Policies {
  const problems: PolicyProblem[] = [];
  const value = (key: string): string | undefined => oneOf(annotations, [prefix + key, legacyPrefix + key], problems);
  const isTrue = (key: string): boolean => value(key) === "true";
  const ignore = value("ignore");
  const [lockedBy, lockedMessage, antecedent] = [
    value("locked_user"),
    value("locked_msg"),
    annotations["helm.fluxcd.io/antecedent"],
  ];
  const keys = Object.keys(annotations);
  return {
    automated: isTrue("automated"),
    locked: isTrue("locked"),
    ...(lockedBy === undefined ? {} : { lockedBy }),
    ...(lockedMessage === undefined ? {} : { lockedMessage }),
    ignored: ignore === "true" ? "all" : ignore === "sync_only" ? "sync-only" : "no",
    filters: readFilters(annotations, problems),
    ...(antecedent === undefined ? {} : { antecedent }),
    prefix: keys.some((key) => key.startsWith(legacyPrefix)) && !keys.some(isNewer) ? legacyPrefix : prefix,
    problems,
  };
}

function isNewer(key: string): boolean {
  return key.startsWith(prefix) || key.startsWith(filterPrefix);
}

function readFilters(
  annotations: Readonly<Record<string, string>>,
  problems: PolicyProblem[],
): Record<string, TagPattern> {
  const starts = [filterPrefix, `${prefix}tag.`, `${legacyPrefix}tag.`];
  const containers = new Set(
    Object.keys(annotations).flatMap((key) => {
      const start = starts.find((candidate) => key.startsWith(candidate));
      return start === undefined ? [] : [key.slice(start.length)];
    }),
  );
  const filters = new Map<string, TagPattern>();
  for (const container of [...containers].sort()) {
    const keys = starts.map((start) => start + container);
    const text = oneOf(annotations, keys, problems);
    if (text === undefined) continue;
    const pattern = parseTagPattern(text);
    filters.set(container, pattern);
    const complaint = complaintOf({ form: "pattern", pattern });
    if (complaint !== undefined)
      problems.push(unreadable(keys.find((key) => key in annotations) ?? "", text, complaint));
  }
  return Object.fromEntries(filters);
}

function unreadable(key: string, text: string, complaint: string): PolicyProblem {
  const message = `${key} is ${JSON.stringify(text)}, which cannot be read, and refuses every tag: ${complaint}`;
  return { form: "InvalidValue", keys: [key], message };
}

/** The filter of a container: what is released and listed goes by it, automated or not. */
export function tagPatternOf({ filters }: Pick<FluxV1Policies, "filters">, container: string): TagPattern {
  return Object.hasOwn(filters, container) ? (filters[container] ?? anyTag) : anyTag;
}
