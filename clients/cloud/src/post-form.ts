import { plainReason, type HttpHeaders, type HttpResponse } from "@eddy/http";
import { isObject } from "@eddy/core/json";
import { cloudFailure, CloudError } from "./errors.ts";
import type { CloudPorts } from "./ports.ts";

/** Bounds of every request of a login. Source: fluxcd/pkg/auth, 10 s a client. */
export const loginLimits: { timeoutMs: number; maxBytes: number; maxRedirects: number } = {
  timeoutMs: 10_000,
  maxBytes: 1_048_576,
  maxRedirects: 0,
};

/** What a token service answered. */
export type Answer = Readonly<Record<string, unknown>>;

/**
 * Sends a form to a token service and reads its JSON.
 * @throws CloudError `<doing>: …`, with the service's `error` and `error_description` where it gave any
 */
export async function postForm(
  ports: CloudPorts,
  url: string,
  form: Readonly<Record<string, string>>,
  options: { doing: string; credentials?: HttpHeaders },
): Promise<Answer> {
  return exchangeJson(ports, url, {
    ...options,
    method: "POST",
    headers: { "content-type": "application/x-www-form-urlencoded" },
    body: new URLSearchParams(form).toString(),
  });
}

/** A request of a login, answered in JSON. */
export interface JsonExchange {
  doing: string;
  method?: string;
  headers?: HttpHeaders;
  credentials?: HttpHeaders;
  body?: string;
  timeoutMs?: number;
  /** The machine itself is asked: never through a proxy. */
  isLocal?: boolean;
}

/** Sends a request and reads the JSON object that answers it. Throws as {@link postForm}. */
export async function exchangeJson(ports: CloudPorts, url: string, exchange: JsonExchange): Promise<Answer> {
  const { doing, isLocal, ...request } = exchange;
  const http = isLocal ? ports.local : ports.http;
  try {
    const response = await http.request(url, {
      ...loginLimits,
      idempotent: true,
      ...request,
      headers: { accept: "application/json", ...request.headers },
    });
    if (response.status >= 200 && response.status < 300) return parseAnswer(await response.text(), doing);
    throw await refusal(response, doing);
  } catch (error) {
    throw cloudFailure(doing, error);
  }
}

function parseAnswer(text: string, doing: string): Answer {
  const value = parseJson(text);
  if (isObject(value)) return value;
  // The parser's own words would quote the answer, which may hold a token.
  throw new CloudError("unreachable", `${doing}: the answer is no JSON object`);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

async function refusal(response: HttpResponse, doing: string): Promise<CloudError> {
  const { status } = response;
  const isPlain = (response.headers["content-type"] ?? "").startsWith("text/plain");
  const text = isPlain ? await plainReason(response) : await response.text();
  const answer = parseJson(text);
  const fields = isObject(answer) ? answer : {};
  const error = isObject(fields["error"]) ? fields["error"] : fields;
  const words = [error["error"], error["error_description"], error["status"], error["message"]];
  const said = words.filter((word) => typeof word === "string" && word !== "").join(": ");
  const detail = said === "" && isPlain ? text : said;
  const kind = status >= 500 || status === 429 ? "unreachable" : "refused";
  return new CloudError(kind, `${doing}: status ${status}${detail === "" ? "" : `: ${detail.slice(0, 500)}`}`);
}

/** A field that must be text. @throws CloudError */
export function textField(answer: Answer, field: string, doing: string): string {
  const value = answer[field];
  if (typeof value === "string" && value !== "") return value;
  throw new CloudError("unreachable", `${doing}: the answer has no ${JSON.stringify(field)}`);
}

/** Seconds from now as a point in time; half an hour where the answer does not say. */
export function expiryOf(answer: Answer, field: string, nowMs: number): number {
  const seconds = Number(answer[field]);
  return nowMs + (Number.isFinite(seconds) && seconds > 0 ? seconds : 1800) * 1000;
}
