import type { TagPattern } from "../policy.ts";

/** What a container without a tag filter has. */
export const anyTag: TagPattern = { form: "glob", text: "*" };

const prefixes: readonly (readonly [prefix: string, form: TagPattern["form"]])[] = [
  ["semver:", "semver"],
  ["regexp:", "regexp"],
  ["regex:", "regexp"],
  ["glob:", "glob"],
];

/** Reads `glob:master-*`, `semver:~1`, `regexp:^v`, `regex:^v`, or a glob without a prefix. Source: fluxcd/flux pkg/policy. */
export function parseTagPattern(text: string): TagPattern {
  const found = prefixes.find(([prefix]) => text.startsWith(prefix));
  return found ? { form: found[1], text: text.slice(found[0].length) } : { form: "glob", text };
}

/** With its prefix: `semver:~1`. */
export function formatTagPattern({ form, text }: TagPattern): string {
  return `${form}:${text}`;
}
