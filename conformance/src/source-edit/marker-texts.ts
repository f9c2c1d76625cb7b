import type { MarkedImage } from "@eddy/source-edit";
import type { Random } from "../random.ts";

/** The policies that texts name. */
export const policies: readonly MarkedImage[] = [
  { namespace: "apps", policy: "web", name: "ghcr.io/org/web", tag: "6.1.0" },
  { namespace: "apps", policy: "dotted", name: "registry.example.org:5000/dotted", tag: "1.10" },
  { namespace: "apps", policy: "pinned", name: "pinned", tag: "v2", digest: `sha256:${"ab".repeat(32)}` },
  { namespace: "apps", policy: "word", name: "word", tag: "on" },
];

const values = ["old:1", "'old:1'", '"old:1"', "v1", "'1.9'", '"1.9"', "&a old:1", "!!str old:1", '""', "''"];
const setters = [
  "apps:web",
  "apps:dotted:tag",
  "apps:pinned",
  "apps:pinned:digest",
  "apps:word:tag",
  "apps:web:name",
  "other:web",
  "apps:none",
];

/** A text with markers in every place that YAML has for them. */
export function markedText(random: Random): string {
  const documents = 1 + random.below(3);
  const text = Array.from({ length: documents }, () => document(random)).join("---\n");
  return random.below(8) === 0 ? text.replaceAll("\n", "\r\n") : text;
}

function document(random: Random): string {
  const lines = [
    `apiVersion: v1`,
    `kind: ${random.pick(["Deployment", "HelmRelease", "Kustomization"])}`,
    "metadata:",
    "  name: x",
  ];
  if (random.below(2) === 0) lines.push("  namespace: apps");
  if (random.below(3) === 0) lines.unshift("# head");
  lines.push("spec:");
  for (let field = 0; field < 1 + random.below(5); field++) lines.push(...fieldLines(random, field));
  return `${lines.join("\n")}\n`;
}

function fieldLines(random: Random, number: number): string[] {
  const value = random.pick(values).replace("&a", `&a${number}`);
  const marker = ` # {"$imagepolicy": "${random.pick(setters)}"}`;
  const comment = random.pick([marker, marker, marker, " # other", "", marker.replaceAll('"', "'")]);
  switch (random.below(6)) {
    case 0:
      return [
        `  list${number}:`,
        `  - ${value}${comment}`,
        `  - name: y`,
        `    image: ${value.replace("&a", "&b")}${comment}`,
      ];
    case 1:
      return [`  map${number}:`, `    deep:`, `      image: ${value}${comment}`];
    case 2:
      return [`  env${number}:`, `    - name: A`, `      value: ${value}${comment}`, `    # after`];
    case 3:
      return [`  # {"$imagepolicy": "${random.pick(setters)}"}`, `  f${number}: ${value}`];
    default:
      return [`  f${number}: ${value}${comment}`];
  }
}
