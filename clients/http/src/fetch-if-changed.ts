import type { HttpClient, HttpHeaders, HttpRequest } from "./http-client.ts";
import { expectSuccess } from "./status-error.ts";

/** By what a server tells that a body is still the same. */
export interface Validators {
  etag?: string;
  lastModified?: string;
}

/** What a conditional request found; `validators` are for the next one. */
export type ConditionalResult =
  | { readonly changed: false; readonly validators: Validators }
  | {
      readonly changed: true;
      readonly bytes: Uint8Array;
      readonly validators: Validators;
      readonly headers: HttpHeaders;
    };

/**
 * The body, unless it is still what the validators stand for. `doing` begins the message of an error.
 * @throws HttpError also for statuses outside of 200–299 and 304
 */
export async function fetchIfChanged(
  client: HttpClient,
  url: URL | string,
  known: Validators,
  request: HttpRequest & { doing: string },
): Promise<ConditionalResult> {
  const response = await client.request(url, { ...request, headers: { ...request.headers, ...conditionsOf(known) } });
  if (response.status === 304) return { changed: false, validators: { ...known, ...validatorsOf(response.headers) } };
  const { headers } = await expectSuccess(response, request.doing);
  return { changed: true, bytes: await response.bytes(), validators: validatorsOf(headers), headers };
}

function conditionsOf({ etag, lastModified }: Validators): Record<string, string> {
  return {
    ...(etag === undefined ? {} : { "if-none-match": etag }),
    ...(lastModified === undefined ? {} : { "if-modified-since": lastModified }),
  };
}

/** The validators of an answer. */
export function validatorsOf(headers: HttpHeaders): Validators {
  const { etag, "last-modified": lastModified } = headers;
  return { ...(etag === undefined ? {} : { etag }), ...(lastModified === undefined ? {} : { lastModified }) };
}
