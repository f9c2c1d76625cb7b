import { messageOf } from "@eddy/core/errors";
import { isObject, type JsonObject } from "@eddy/core/json";
import type { HttpClient, HttpRequest } from "@eddy/http";
import { type Dialect, dialects } from "./dialects.ts";
import { ForgeError } from "./forge-error.ts";
import type { Forge } from "./parse-forge.ts";
import type { PullRequest, PullRequestDraft } from "./pull-request.ts";

const maxBytes = 8 * 1024 * 1024;

/** What a call may be given. */
interface CallOptions {
  readonly token: string;
  readonly signal?: AbortSignal;
}

/**
 * The open pull request from one branch to another, made where there is none. Idempotent: what is open is left as it is.
 * @throws ForgeError
 */
export async function ensurePullRequest(
  forge: Forge,
  draft: PullRequestDraft,
  http: Pick<HttpClient, "request">,
  options: CallOptions,
): Promise<PullRequest> {
  const dialect = dialects[forge.kind];
  const open = await call(forge, dialect.listPath(forge, draft), {}, { http, dialect, ...options });
  const found = Array.isArray(open) ? open.filter(isObject).find((item) => dialect.isIt(item, draft)) : undefined;
  if (found) return { url: urlOf(found, dialect), created: false };
  const body = JSON.stringify(dialect.createBody(draft));
  const made = await call(forge, dialect.createPath(forge), { method: "POST", body }, { http, dialect, ...options });
  if (!isObject(made)) throw new ForgeError("refused", "make a pull request: the answer is no object");
  return { url: urlOf(made, dialect), created: true };
}

function urlOf(item: JsonObject, { urlField }: Dialect): string {
  const url = item[urlField];
  return typeof url === "string" ? url : "";
}

async function call(
  { api }: Forge,
  path: string,
  request: Pick<HttpRequest, "method" | "body">,
  { http, dialect, token, signal }: CallOptions & { http: Pick<HttpClient, "request">; dialect: Dialect },
): Promise<unknown> {
  const headers = { accept: "application/json", "content-type": "application/json", ...dialect.headers };
  const doing = request.method === "POST" ? "make a pull request" : "look for pull requests";
  const sent = {
    ...request,
    headers,
    credentials: dialect.credentials(token),
    maxBytes,
    ...(signal ? { signal } : {}),
  };
  let status: number;
  let text: string;
  try {
    const response = await http.request(`${api}${path}`, sent);
    [status, text] = [response.status, await response.text()];
  } catch (cause) {
    if (signal?.aborted) throw cause;
    throw new ForgeError("unreachable", `${doing}: ${messageOf(cause)}`, cause);
  }
  const value = parsed(text);
  if (status >= 200 && status < 300 && value !== undefined) return value;
  const detail = reasonOf(value);
  const kind =
    status === 401 || status === 403 ? "authentication" : status >= 500 || status === 429 ? "unreachable" : "refused";
  throw new ForgeError(kind, `${doing}: the forge answers with ${status}${detail === "" ? "" : `: ${detail}`}`);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

/** `message` and `errors`, as far as they are texts: GitHub, GitLab and Gitea have one or the other. */
function reasonOf(value: unknown): string {
  if (!isObject(value)) return "";
  const { message, error, errors } = value;
  const parts = [
    message,
    error,
    ...(Array.isArray(errors) ? errors.map((one) => (isObject(one) ? one["message"] : one)) : []),
  ];
  const texts = parts
    .flatMap((part) => (Array.isArray(part) ? part : [part]))
    .filter((part) => typeof part === "string");
  return texts.join("; ").slice(0, 300);
}
