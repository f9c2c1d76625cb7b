/**
 * Label selectors: `app=web,tier in (a,b),!legacy`, and the `LabelSelector` object.
 *
 * Entry points: {@link parseSelector}, {@link selectorOf}. Source: k8s.io/apimachinery labels and metav1.LabelSelector.
 */
import { EddyError } from "../errors/index.ts";

/** `metadata.labels`. */
export type Labels = Readonly<Record<string, string>>;

/** How a label is compared; `=`, `==` and `!=` are read as `In` and `NotIn`. */
export type SelectorOperator = "In" | "NotIn" | "Exists" | "DoesNotExist" | "GreaterThan" | "LessThan";

/** One demand on one label; `values` is empty for `Exists` and `DoesNotExist`. */
export interface Requirement {
  key: string;
  operator: SelectorOperator;
  values: readonly string[];
}

/** `spec.selector` of workloads, services' newer cousins and policies. */
export interface LabelSelector {
  matchLabels?: Record<string, string>;
  matchExpressions?: { key: string; operator: string; values?: string[] }[];
}

/** Whether labels meet every requirement; an empty list matches everything. */
export function matchesLabels(requirements: readonly Requirement[], labels: Labels | undefined): boolean {
  return requirements.every((requirement) => meets(requirement, labels?.[requirement.key]));
}

function meets(requirement: Requirement, value: string | undefined): boolean {
  switch (requirement.operator) {
    case "In":
      return value !== undefined && requirement.values.includes(value);
    case "NotIn":
      return value === undefined || !requirement.values.includes(value);
    case "Exists":
      return value !== undefined;
    case "DoesNotExist":
      return value === undefined;
    case "GreaterThan":
      return value !== undefined && Number(value) > Number(requirement.values[0]);
    case "LessThan":
      return value !== undefined && Number(value) < Number(requirement.values[0]);
  }
}

/** The requirements of a `LabelSelector` object. */
export function selectorOf(selector: LabelSelector | undefined): Requirement[] {
  const equalities = Object.entries(selector?.matchLabels ?? {});
  return [
    ...equalities.map(([key, value]): Requirement => ({ key, operator: "In", values: [value] })),
    ...(selector?.matchExpressions ?? []).map(({ key, operator, values }): Requirement => ({
      key,
      operator: operator as SelectorOperator,
      values: values ?? [],
    })),
  ];
}

const keyPattern = /^(?:[a-z0-9](?:[-a-z0-9.]*[a-z0-9])?\/)?[A-Za-z0-9](?:[-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$/;
const valuePattern = /^(?:[A-Za-z0-9](?:[-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?)?$/;

/**
 * Parses the text form.
 * @throws EddyError INVALID_SELECTOR (terminal), naming the part that is wrong.
 */
export function parseSelector(text: string): Requirement[] {
  return splitRequirements(text).map((part) => parseRequirement(part.trim()));
}

function splitRequirements(text: string): string[] {
  if (text.trim() === "") return [];
  // What does not end is no set: its parenthesis is passed over, with all before the last.
  const lastEnd = text.lastIndexOf(")");
  const set = /[^,(]*(?:\([^)]*\))?[^,(]*/y;
  const plain = /[^,(]*/y;
  const parts: string[] = [];
  for (let at = 0; at <= text.length;) {
    const pattern = at < lastEnd ? set : plain;
    pattern.lastIndex = at;
    const part = pattern.exec(text)?.[0] ?? "";
    parts.push(part);
    at += Math.max(part.length, 1);
  }
  return parts.filter((part, index) => part.trim() !== "" || index === 0);
}

function parseRequirement(part: string): Requirement {
  const set = /^(\S+)\s+(in|notin)\s*\(([^)]*)\)$/.exec(part);
  if (set)
    return checked(
      part,
      set[1],
      set[2] === "in" ? "In" : "NotIn",
      (set[3] ?? "").split(",").map((v) => v.trim()),
    );
  const comparison = /^([^\s=!<>]+)\s*(==|=|!=|<|>)\s*(\S*)$/.exec(part);
  if (comparison) {
    const operators: Record<string, SelectorOperator> = {
      "=": "In",
      "==": "In",
      "!=": "NotIn",
      ">": "GreaterThan",
      "<": "LessThan",
    };
    return checked(part, comparison[1], operators[comparison[2] ?? ""] ?? "In", [comparison[3] ?? ""]);
  }
  if (part.startsWith("!")) return checked(part, part.slice(1).trim(), "DoesNotExist", []);
  return checked(part, part, "Exists", []);
}

function checked(part: string, key = "", operator: SelectorOperator, values: string[]): Requirement {
  if (!keyPattern.test(key) || !values.every((value) => valuePattern.test(value))) {
    throw new EddyError(
      "INVALID_SELECTOR",
      `unable to parse requirement: ${JSON.stringify(part)} is not a label requirement`,
      {
        class: "terminal",
      },
    );
  }
  return { key, operator, values };
}
