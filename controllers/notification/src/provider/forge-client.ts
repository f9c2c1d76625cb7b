import { EddyError } from "@eddy/core/errors";
import { isObject, type Json, type JsonObject } from "@eddy/core/json";
import type { HttpHeaders } from "@eddy/http";
import { encodeJson } from "../event/encode-event.ts";
import type { SendPorts } from "./provider-type.ts";

/** JSON requests to one API. */
export interface ForgeClient {
  /** The answer; undefined where `allow` has its status. @throws EddyError NOTIFICATION_REFUSED (retry), HttpError */
  request(
    method: "GET" | "POST" | "PUT" | "PATCH",
    path: string,
    options: { doing: string; query?: Record<string, string>; body?: unknown; allow?: number },
  ): Promise<Json | undefined>;
}

const maxAnswerBytes = 4 * 1024 * 1024;

/** A client for an API at `base`, without a slash at its end. */
export function createForgeClient(base: string, headers: HttpHeaders, { http, signal }: SendPorts): ForgeClient {
  return {
    async request(method, path, { doing, query = {}, body, allow }) {
      const search = new URLSearchParams(query).toString();
      const response = await http.request(`${base}${path}${search === "" ? "" : `?${search}`}`, {
        method,
        headers: { accept: "application/json", ...(body === undefined ? {} : { "content-type": "application/json" }) },
        credentials: headers,
        ...(body === undefined ? {} : { body: encodeJson(body) }),
        maxBytes: maxAnswerBytes,
        signal,
      });
      const text = await response.text();
      if (response.status === allow) return undefined;
      if (response.status >= 200 && response.status < 300) return text.trim() === "" ? undefined : parse(text, doing);
      const detail = text.trim() === "" ? "" : `: ${text.trim().slice(0, 1_000)}`;
      throw new EddyError(
        "NOTIFICATION_REFUSED",
        `${doing}: request failed with status code ${response.status}${detail}`,
      );
    },
  };
}

function parse(text: string, doing: string): Json {
  try {
    return JSON.parse(text) as Json;
  } catch (cause) {
    throw new EddyError("NOTIFICATION_REFUSED", `${doing}: the answer is no JSON`, { cause });
  }
}

/** The objects of a list. */
export function objectsIn(value: Json | undefined): JsonObject[] {
  return Array.isArray(value) ? value.filter(isObject) : [];
}

/** A member of a member, or "". */
export function textAt(value: Json | undefined, ...path: readonly string[]): string {
  let at: Json | undefined = value;
  for (const name of path) at = isObject(at) ? at[name] : undefined;
  return typeof at === "string" || typeof at === "number" ? String(at) : "";
}

/** The token, else the password. @throws EddyError PROVIDER_SETTINGS (terminal) */
export function requireToken({ token, password }: { token: string; password: string }, forge: string): string {
  const found = token || password;
  if (found !== "") return found;
  throw new EddyError("PROVIDER_SETTINGS", `${forge} token cannot be empty`, { class: "terminal" });
}
