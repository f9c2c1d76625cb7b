import type { KeelRule, Policy } from "../policy.ts";
import { complaintOf, oneOf } from "./one-of.ts";
import type { PolicyMetadata, PolicyProblem } from "./problem.ts";

/** What Keel's labels and annotations say of a workload. Source: spec/flux1-keel-flagger.md 2.2, 2.3. */
export interface KeelPolicies {
  /** `never` where there is none, or one that cannot be read. */
  readonly policy: Policy;
  /** `poll`: the registry is looked at; `push`: only when it calls. */
  readonly trigger: "poll" | "push";
  /** Cron, or `@every 1m`. */
  readonly pollSchedule: string;
  /** Votes that an update needs. */
  readonly approvals: number;
  readonly approvalDeadlineHours: number;
  /** Channels instead of the default ones. */
  readonly notify: readonly string[];
  readonly imagePullSecret?: string;
  readonly initContainers: boolean;
  readonly imageVolumes: boolean;
  /** Regular expression on names of containers; absent: all. */
  readonly monitorContainers?: string;
  readonly releaseNotes?: string;
  readonly problems: readonly PolicyProblem[];
}

type Values = Readonly<Record<string, string>>;

const policyKeys = ["keel.sh/policy", "keel.observer/policy"];
const matchTagKeys = ["keel.sh/matchTag", "keel.sh/match-tag"];
const matchPreReleaseKey = "keel.sh/matchPreRelease";

/** Reads Keel's keys. Of the policy, annotations count before labels, and its options are read where the policy is. */
export function readKeelPolicies(metadata: PolicyMetadata): KeelPolicies {
  const { labels = {}, annotations = {} } = metadata;
  const problems: PolicyProblem[] = [];
  const either = (key: string): string | undefined => annotations[key] ?? labels[key];
  const trigger = either("keel.sh/trigger");
  if (trigger !== undefined && trigger !== "poll" && trigger !== "default")
    problems.push(unread("keel.sh/trigger", trigger, "want poll or default: only webhooks are heeded"));
  const isPolled = trigger === "poll";
  const text = (key: string): string | undefined => either(key) || undefined;
  const monitored = text("keel.sh/monitorContainers");
  const complaint = monitored === undefined ? undefined : complaintOf(namePolicy(monitored));
  if (complaint !== undefined) problems.push(unread("keel.sh/monitorContainers", monitored ?? "", complaint));
  return {
    policy: readPolicy(labels, annotations, isPolled, problems),
    trigger: isPolled ? "poll" : "push",
    pollSchedule: text("keel.sh/pollSchedule") ?? "@every 1m",
    // Votes are asked for by the label first: Keel reads them the other way round.
    approvals: count("keel.sh/approvals", labels["keel.sh/approvals"] ?? annotations["keel.sh/approvals"], 0, problems),
    approvalDeadlineHours: count(
      "keel.sh/approvalDeadline",
      labels["keel.sh/approvalDeadline"] ?? annotations["keel.sh/approvalDeadline"],
      24,
      problems,
    ),
    notify: (text("keel.sh/notify") ?? "").split(",").flatMap((name) => (name.trim() === "" ? [] : [name.trim()])),
    ...named("imagePullSecret", text("keel.sh/imagePullSecret")),
    initContainers: annotations["keel.sh/initContainers"] === "true",
    imageVolumes: annotations["keel.sh/imageVolumes"] === "true",
    ...named("monitorContainers", monitored),
    ...named("releaseNotes", text("keel.sh/releaseNotes")),
    problems,
  };
}

/** An expression on names is read as one on tags is. */
function namePolicy(text: string): Policy {
  return { form: "pattern", pattern: { form: "regexp", text } };
}

function named<K extends string>(key: K, value: string | undefined): Partial<Record<K, string>> {
  return value === undefined ? {} : ({ [key]: value } as Record<K, string>);
}

function unread(key: string, value: string, want: string): PolicyProblem {
  return { form: "InvalidValue", keys: [key], message: `${key} is ${JSON.stringify(value)}: ${want}` };
}

function count(key: string, value: string | undefined, fallback: number, problems: PolicyProblem[]): number {
  if (value === undefined) return fallback;
  if (/^\d{1,6}$/.test(value)) return Number(value);
  problems.push(unread(key, value, `want a number: ${fallback} counts`));
  return fallback;
}

function readPolicy(labels: Values, annotations: Values, isPolled: boolean, problems: PolicyProblem[]): Policy {
  const given = [annotations, labels].filter((values) => policyKeys.some((key) => Object.hasOwn(values, key)));
  const [values] = given;
  if (!values) return isPolled ? defaultPolicy : { form: "never" };
  const word = oneOf(values, policyKeys, problems) ?? "";
  const label = given.length > 1 ? oneOf(labels, policyKeys, []) : word;
  if (label !== word) problems.push(disagreement(word, label ?? ""));
  const matchTag = oneOf(values, matchTagKeys, problems);
  const matchPreRelease = values[matchPreReleaseKey];
  const read = parseKeelPolicy(word, {
    ...(matchTag === undefined ? {} : { matchTag: matchTag === "true" }),
    ...(matchPreRelease === undefined ? {} : { matchPreRelease: matchPreRelease === "true" }),
  });
  problems.push(...read.problems);
  return read.policy;
}

function disagreement(annotation: string, label: string): PolicyProblem {
  const message = `the annotation keel.sh/policy is ${JSON.stringify(annotation)} and the label is ${JSON.stringify(label)}: the annotation counts`;
  return { form: "Contradiction", keys: ["annotation keel.sh/policy", "label keel.sh/policy"], message };
}

const defaultPolicy: Policy = { form: "keel", rule: { form: "default" }, matchTag: false, matchPreRelease: true };

/** What goes with a policy of Keel's, as far as it is given. */
export interface KeelPolicyOptions {
  /** Default false. */
  readonly matchTag?: boolean;
  /** Default true. */
  readonly matchPreRelease?: boolean;
}

/**
 * Reads a policy as `keel.sh/policy`, and the values of Helm charts, have it. What cannot be read is `never`, and is reported,
 * as is an option without effect.
 */
export function parseKeelPolicy(
  word: string,
  options: KeelPolicyOptions = {},
): { policy: Policy; problems: readonly PolicyProblem[] } {
  const { matchTag = false, matchPreRelease = true } = options;
  const rule = parseRule(word);
  if (rule === undefined) return { policy: { form: "never" }, problems: [unread("keel.sh/policy", word, wanted)] };
  const policy: Policy = "policy" in rule ? rule.policy : { form: "keel", rule: rule.keel, matchTag, matchPreRelease };
  const complaint = complaintOf(policy);
  if (complaint !== undefined)
    return {
      policy: { form: "never" },
      problems: [unread("keel.sh/policy", word, `${complaint}: nothing is updated`)],
    };
  return {
    policy,
    problems: [
      ...(matchTag && word !== "force" ? [withoutEffect("keel.sh/matchTag", word)] : []),
      ...(matchPreRelease || ["major", "minor", "patch"].includes(word)
        ? []
        : [withoutEffect(matchPreReleaseKey, word)]),
    ],
  };
}

const wanted =
  "want all, major, minor, patch, force, never, glob:<pattern>, regexp:<expression> or newest:<expression>: nothing is updated";

function parseRule(word: string): { keel: KeelRule } | { policy: Policy } | undefined {
  switch (word) {
    case "":
    case "never":
      return { policy: { form: "never" } };
    case "all":
    case "major":
    case "minor":
    case "patch":
    case "force":
      return { keel: { form: word } };
  }
  const colon = word.indexOf(":");
  const [form, pattern] = [word.slice(0, Math.max(colon, 0)), word.slice(colon + 1)];
  if (form === "regexp") return { keel: { form, pattern } };
  if (form === "newest") return { policy: { form: "pattern", pattern: { form: "regexp", text: pattern } } };
  // Keel takes no second colon here, and no tag has one.
  return form === "glob" && !pattern.includes(":") ? { keel: { form, pattern } } : undefined;
}

function withoutEffect(key: string, word: string): PolicyProblem {
  return { form: "NoEffect", keys: [key], message: `${key} has no effect with the policy ${JSON.stringify(word)}` };
}
