import { createHmac, timingSafeEqual } from "node:crypto";
import type { BearerTokens } from "../bearer-tokens.ts";
import type { AzureAccount } from "../bucket-server.ts";
import { decodePath, type Exchange } from "../exchange.ts";

/** Who may ask, and what. */
export interface AzureKeys {
  account: AzureAccount;
  tokens: BearerTokens;
  now: () => number;
}

/** Whether the request carries a shared key, a bearer token or a shared access signature that counts. */
export function isAllowed(request: Exchange, keys: AzureKeys): boolean {
  const { authorization } = request.headers;
  if (authorization?.startsWith("SharedKey ")) return isSame(authorization, sharedKey(request, keys.account));
  if (authorization !== undefined) return keys.tokens.isKnown(authorization);
  return hasSharedAccess(request, keys);
}

const stringHeaders = ["content-encoding", "content-language", "content-length", "content-md5", "content-type", "date"];
const conditionHeaders = ["if-modified-since", "if-match", "if-none-match", "if-unmodified-since", "range"];

/** Source: Azure Storage, "Authorize with Shared Key". Written without a look at the client. */
function sharedKey({ method, path, query, headers }: Exchange, { name, key }: AzureAccount): string {
  const lines = [method];
  for (const header of [...stringHeaders, ...conditionHeaders]) {
    const value = headers[header] ?? "";
    lines.push(header === "content-length" && value === "0" ? "" : value);
  }
  const own = Object.entries(headers).filter(([header]) => header.startsWith("x-ms-"));
  own.sort(([left], [right]) => (left < right ? -1 : 1));
  for (const [header, value] of own) lines.push(`${header}:${value.trim()}`);
  lines.push(`/${name}${path}`);
  const parameters = new Map<string, string[]>();
  for (const [parameter, value] of query) {
    const lower = parameter.toLowerCase();
    parameters.set(lower, [...(parameters.get(lower) ?? []), value]);
  }
  for (const parameter of [...parameters.keys()].sort())
    lines.push(`${parameter}:${(parameters.get(parameter) ?? []).sort().join(",")}`);
  return `SharedKey ${name}:${hmac(key, lines.join("\n"))}`;
}

/** The query of a service SAS for reading and listing a container. Source: Azure Storage, "Create a service SAS", version 2020-10-02. */
export function createSharedAccessSignature(container: string, { account, now }: Omit<AzureKeys, "tokens">): string {
  const expiry = new Date(now() + 3_600_000).toISOString().replace(/\.\d+/, "");
  const fields = new Map([
    ["sp", "rl"],
    ["se", expiry],
    ["sv", "2020-10-02"],
    ["sr", "c"],
  ]);
  const query = new URLSearchParams([...fields]);
  query.set("sig", sign(query, container, account));
  return query.toString();
}

function hasSharedAccess({ path, query }: Exchange, { account, now }: AzureKeys): boolean {
  const container = (decodePath(path) ?? "").split("/")[1] ?? "";
  const signature = query.get("sig");
  const mayRead = query.get("sp")?.includes("r") === true && query.get("sr") === "c";
  if (signature === null || !mayRead || !(Date.parse(query.get("se") ?? "") > now())) return false;
  return isSame(signature, sign(query, container, account));
}

function sign(query: URLSearchParams, container: string, { name, key }: AzureAccount): string {
  const field = (parameter: string): string => query.get(parameter) ?? "";
  const resource = `/blob/${name}/${container}`;
  const first = [field("sp"), field("st"), field("se"), resource, field("si"), field("sip"), field("spr")];
  const responses = ["rscc", "rscd", "rsce", "rscl", "rsct"].map(field);
  return hmac(key, [...first, field("sv"), field("sr"), "", "", ...responses].join("\n"));
}

function hmac(key: string, text: string): string {
  return createHmac("sha256", Buffer.from(key, "base64")).update(text).digest("base64");
}

function isSame(given: string, wanted: string): boolean {
  return given.length === wanted.length && timingSafeEqual(Buffer.from(given), Buffer.from(wanted));
}
