import { messageOf } from "@eddy/core/errors";
import { quoteGo } from "@eddy/core/go-text";
import { isObject, type Json } from "@eddy/core/json";
import { valueAt } from "@eddy/core/object";
import { loadDocuments } from "@eddy/goyaml";
import type { KubeVersion } from "../render/options.ts";
import { deprecationOf } from "./deprecations.ts";
import type { Linter } from "./linter.ts";

/** Rules of one rendered template. Source: Helm `lint/rules/template.go`. Returns whether the rest is to be looked at. */
export function lintRendered(linter: Linter, path: string, text: string, kubeVersion: KubeVersion): boolean {
  if (text.trim() === "") return true;
  linter.check("WARNING", path, indentProblem(text));
  let documents: { value: Json }[];
  try {
    documents = loadDocuments(text);
  } catch (error) {
    linter.check("ERROR", path, `unable to parse YAML: error converting YAML to JSON: ${messageOf(error)}`);
    return false;
  }
  for (const { value } of documents) lintObject(linter, path, value, text, kubeVersion);
  return true;
}

function indentProblem(text: string): string | undefined {
  const line = text.split("\n").find((candidate) => candidate.trim() !== "") ?? "";
  if (!/^[ \t]/.test(line)) return undefined;
  return `document starts with an illegal indent: ${quoteGo(line)}, which may cause parsing problems`;
}

function textAt(value: Json, ...path: string[]): string {
  const found = valueAt(value, ...path);
  return typeof found === "string" ? found : "";
}

function lintObject(linter: Linter, path: string, value: Json, text: string, kubeVersion: KubeVersion): void {
  if (!isObject(value)) return;
  const [kind, name] = [textAt(value, "kind"), textAt(value, "metadata", "name")];
  linter.check("WARNING", path, nameProblem(kind, name));
  linter.check("WARNING", path, deprecationOf(textAt(value, "apiVersion"), kind, kubeVersion));
  const selects = ["Deployment", "ReplicaSet", "DaemonSet", "StatefulSet"].includes(kind);
  if (selects && !text.includes("matchLabels") && !text.includes("matchExpressions"))
    linter.check(
      "ERROR",
      path,
      `a ${kind} must contain matchLabels or matchExpressions, and ${quoteGo(name)} does not`,
    );
  const items = kind === "List" ? valueAt(value, "items") : undefined;
  const keeps = (item: unknown): boolean =>
    valueAt(item, "metadata", "annotations", "helm.sh/resource-policy") !== undefined;
  if (Array.isArray(items) && items.some(keeps))
    linter.check("ERROR", path, "annotation 'helm.sh/resource-policy' within List objects are ignored");
}

const subdomainText =
  "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')";
const labelText =
  "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')";
const serviceText =
  "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character (e.g. 'my-name',  or 'abc-123', regex used for validation is '[a-z]([-a-z0-9]*[a-z0-9])?')";

function nameProblem(kind: string, name: string): string | undefined {
  const problems = nameProblems(kind.toLowerCase(), name).map(
    (problem) => `metadata.name: Invalid value: ${quoteGo(name)}: ${problem}`,
  );
  if (problems.length === 0) return undefined;
  const all = problems.length === 1 ? problems[0] : `[${problems.join(", ")}]`;
  return `object name does not conform to Kubernetes naming requirements: ${quoteGo(name)}: ${all}`;
}

function nameProblems(kind: string, name: string): string[] {
  const checked = (maxLength: number, pattern: RegExp, text: string): string[] => [
    ...(name.length > maxLength ? [`must be no more than ${maxLength} bytes`] : []),
    ...(pattern.test(name) ? [] : [text]),
  ];
  switch (kind) {
    case "certificatesigningrequest":
      return [];
    case "role":
    case "clusterrole":
    case "rolebinding":
    case "clusterrolebinding":
      return segmentProblems(name);
    case "service":
      return checked(63, /^[a-z](?:[-a-z0-9]*[a-z0-9])?$/, serviceText);
    case "namespace":
      return checked(63, /^[a-z0-9](?:[-a-z0-9]*[a-z0-9])?$/, labelText);
    default:
      return checked(253, /^[a-z0-9](?:[-a-z0-9]*[a-z0-9])?(?:\.[a-z0-9](?:[-a-z0-9]*[a-z0-9])?)*$/, subdomainText);
  }
}

function segmentProblems(name: string): string[] {
  if (name === "." || name === "..") return [`may not be '${name}'`];
  return ["/", "%"].filter((char) => name.includes(char)).map((char) => `may not contain '${char}'`);
}
