import { HttpError } from "./errors.ts";

const redirects: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);

/** A request's next step. */
export interface Redirect {
  readonly url: URL;
  /** The method and body go along; otherwise it is a GET without one. */
  readonly keepsBody: boolean;
}

/**
 * Where the answer sends us, or undefined when it is none of 301, 302, 303, 307, 308 with a location. Source: RFC 9110 15.4;
 * as browsers and Go do, 301 and 302 turn what is not GET or HEAD into GET.
 * @throws HttpError redirect for a location that is no http(s) URL, or leaves https for http
 */
export function redirectOf(
  from: URL,
  method: string,
  answer: { status: number; location: string | undefined },
): Redirect | undefined {
  if (!redirects.has(answer.status) || answer.location === undefined) return undefined;
  const url = URL.canParse(answer.location, from.href) ? new URL(answer.location, from) : undefined;
  const doing = `follow redirect of ${from.origin}`;
  if (url?.protocol !== "http:" && url?.protocol !== "https:")
    throw new HttpError("redirect", "the location is no http or https URL", { doing });
  if (from.protocol === "https:" && url.protocol === "http:")
    throw new HttpError("redirect", "refused to leave https for http", { doing });
  return { url, keepsBody: answer.status >= 307 || method === "GET" || method === "HEAD" };
}
