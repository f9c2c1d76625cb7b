/**
 * The contract of a Kubernetes API server as scripts of plain HTTP: run them against two servers and compare the answers.
 *
 * Knows nothing of the embedded server. Entry points: {@link contractCases}, {@link runCase}.
 */
import { normaliseAnswer, type Answer } from "./normalise.ts";

export { normaliseAnswer, type Answer } from "./normalise.ts";

/** Sends one request; `body` is text. */
export type ContractFetch = (
  method: string,
  path: string,
  body: string | undefined,
  headers: Readonly<Record<string, string>>,
) => Promise<{ status: number; headers: Readonly<Record<string, string | string[] | undefined>>; body: string }>;

/** One request. `{ns}` in path and body is the namespace of the case; `{ns2}` is another one, which does not exist. */
export interface Step {
  method: string;
  path: string;
  body?: unknown;
  /** Content type; default JSON, for PATCH merge patch. */
  type?: string;
  headers?: Readonly<Record<string, string>>;
  /** Repeat until the answer has this status (asynchronous establishment or deletion); the last answer counts. */
  until?: number;
  /** The answer is not compared, only its status. */
  statusOnly?: boolean;
}

/** A script in a namespace of its own. */
export interface ContractCase {
  name: string;
  steps: readonly Step[];
}

const defaultType = (method: string): string =>
  method === "PATCH" ? "application/merge-patch+json" : "application/json";

/** Runs a case and gives its answers, normalised. `wait` pauses between the attempts of an `until` step. */
export async function runCase(
  fetch: ContractFetch,
  contractCase: ContractCase,
  namespace: string,
  wait: () => Promise<void>,
): Promise<Answer[]> {
  const fill = (text: string): string => text.replaceAll("{ns}", namespace).replaceAll("{ns2}", `${namespace}-other`);
  await fetch(
    "POST",
    "/api/v1/namespaces",
    JSON.stringify({ apiVersion: "v1", kind: "Namespace", metadata: { name: namespace } }),
    { "content-type": "application/json" },
  );
  const answers: Answer[] = [];
  for (const step of contractCase.steps) {
    const body =
      step.body === undefined ? undefined : fill(typeof step.body === "string" ? step.body : JSON.stringify(step.body));
    const headers = {
      accept: "application/json",
      "user-agent": "contract/1",
      ...(body === undefined ? {} : { "content-type": step.type ?? defaultType(step.method) }),
      ...step.headers,
    };
    let answer = await fetch(step.method, fill(step.path), body, headers);
    for (let attempt = 0; step.until !== undefined && answer.status !== step.until && attempt < 100; attempt++) {
      await wait();
      answer = await fetch(step.method, fill(step.path), body, headers);
    }
    answers.push(normaliseAnswer(answer, namespace, step.statusOnly === true));
  }
  await fetch("DELETE", `/api/v1/namespaces/${namespace}`, undefined, {});
  return answers;
}

export { contractCases } from "./contract-cases.ts";
export { knownDifferences, type KnownDifference } from "./known-differences.ts";
