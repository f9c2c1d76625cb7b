import { createHmac } from "node:crypto";

/** What is to be signed. `headers` must hold all `x-ms-` headers that are sent, among them `x-ms-date` and `x-ms-version`. */
export interface AzureStorageRequest {
  method: string;
  url: URL;
  headers: Readonly<Record<string, string>>;
  /** Bytes of the body. */
  contentLength?: number;
}

/** A storage account; its key is base64. */
export interface AzureStorageAccount {
  name: string;
  key: string;
}

const signedHeaders = [
  "content-encoding",
  "content-language",
  "content-length",
  "content-md5",
  "content-type",
  "date",
  "if-modified-since",
  "if-match",
  "if-none-match",
  "if-unmodified-since",
  "range",
];

/** The `authorization` header. Source: Azure Storage, "Authorize with Shared Key", versions since 2015-02-21. */
export function signAzureStorageRequest(request: AzureStorageRequest, { name, key }: AzureStorageAccount): string {
  const headers: Record<string, string> = Object.fromEntries(
    Object.entries(request.headers).map(([header, value]) => [header.toLowerCase(), value.trim()]),
  );
  if (request.contentLength) headers["content-length"] = String(request.contentLength);
  const own = Object.keys(headers)
    .filter((header) => header.startsWith("x-ms-"))
    .sort()
    .map((header) => `${header}:${headers[header]}`);
  const text = [
    request.method,
    ...signedHeaders.map((header) => headers[header] ?? ""),
    ...own,
    ...canonicalResource(name, request.url),
  ].join("\n");
  return `SharedKey ${name}:${createHmac("sha256", Buffer.from(key, "base64")).update(text).digest("base64")}`;
}

function canonicalResource(account: string, { pathname, searchParams }: URL): string[] {
  const names = [...new Set([...searchParams.keys()].map((name) => name.toLowerCase()))].sort();
  const valuesOf = (name: string): string[] =>
    [...searchParams].filter(([other]) => other.toLowerCase() === name).map(([, value]) => value);
  return [`/${account}${pathname}`, ...names.map((name) => `${name}:${valuesOf(name).sort().join(",")}`)];
}
