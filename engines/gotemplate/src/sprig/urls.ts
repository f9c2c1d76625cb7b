import { memberOf } from "@eddy/core/json";
import type { JsonObject } from "@eddy/core/json";
import { type FunctionTable, goFunction } from "../function.ts";
import { type GoMap, typeOf } from "../value/go-value.ts";
import { CallError, nilPointer } from "./call-error.ts";
import { formatUrl, formatUser, hostnameOf, parseUrl, type UserInfo } from "./url.ts";

function explain<Value>(what: string, action: () => Value): Value {
  try {
    return action();
  } catch (error) {
    if (error instanceof CallError) throw new CallError(`unable to parse ${what}: ${error.message}`);
    throw error;
  }
}

function partOf(map: GoMap | null, key: string): string {
  if (map === null || !Object.hasOwn(map, key)) return "";
  const value = memberOf(map as JsonObject, key);
  if (typeof value === "string") return value;
  if (value === null || value === undefined) throw new CallError(nilPointer);
  throw new CallError(`unable to parse ${key} key, must be of type string, but ${typeOf(value).kind} found`);
}

function userOf(text: string): UserInfo | undefined {
  if (text === "") return undefined;
  return explain("userinfo in dict", () => parseUrl(`proto://${text}@host`)).user;
}

/** Functions on URLs. */
export const urlFunctions: FunctionTable = {
  urlParse: goFunction(["string"], "map[string]any", (_, text) => {
    const { scheme, host, path, query, opaque, fragment, user } = explain("url", () => parseUrl(text));
    return { scheme, host, hostname: hostnameOf(host), path, query, opaque, fragment, userinfo: formatUser(user) };
  }),
  urlJoin: goFunction(["map[string]any"], "string", (_, map) => {
    const [scheme = "", host = "", path = "", query = "", opaque = "", fragment = ""] = [
      "scheme",
      "host",
      "path",
      "query",
      "opaque",
      "fragment",
    ].map((key) => partOf(map, key));
    return formatUrl({ scheme, host, path, query, opaque, fragment, user: userOf(partOf(map, "userinfo")) });
  }),
};
