import { digestOf, matchesDigest } from "./content.ts";
import { send, unsupported, type Exchange } from "./exchange.ts";
import { Refusal } from "./registry-error.ts";

/** Answers a request for one blob: whole, or the one range that is asked for. */
export function answerBlob(exchange: Exchange, name: string, digest: string): void {
  const { method, request, content } = exchange;
  if (method === "DELETE") return deleteBlob(exchange, name, digest);
  if (method !== "GET") unsupported();
  const bytes = content.blob(name, digest);
  if (!bytes) throw new Refusal(404, "BLOB_UNKNOWN", { digest });
  const headers = {
    "content-type": "application/octet-stream",
    "docker-content-digest": digest,
    etag: `"${digest}"`,
    "accept-ranges": "bytes",
  };
  if (request.headers["if-none-match"] === headers.etag) return send(exchange, 304, headers);
  const range = rangeOf(request.headers.range, bytes.length);
  if (!range) return send(exchange, 200, headers, bytes);
  const partial = { ...headers, "content-range": `bytes ${range.from}-${range.to - 1}/${bytes.length}` };
  send(exchange, 206, partial, bytes.subarray(range.from, range.to));
}

function rangeOf(header: string | undefined, length: number): { from: number; to: number } | undefined {
  const match = /^bytes=(\d+)-(\d*)$/.exec(header ?? "");
  if (!match) return undefined;
  const from = Number(match[1]);
  const to = match[2] === "" ? length : Math.min(length, Number(match[2]) + 1);
  if (from >= to) throw new Refusal(416, "SIZE_INVALID");
  return { from, to };
}

function deleteBlob(exchange: Exchange, name: string, digest: string): void {
  if (!exchange.content.get(name).blobs.delete(digest)) throw new Refusal(404, "BLOB_UNKNOWN", { digest });
  exchange.notifier.notify("delete", { digest, repository: name }, exchange.request);
  send(exchange, 202, {});
}

/** Takes a whole blob, checked against the digest that was announced. @throws Refusal DIGEST_INVALID. */
export function storeBlob(exchange: Exchange, name: string, bytes: Buffer, digest: string | null): void {
  if (digest === null || !matchesDigest(digest, bytes)) throw new Refusal(400, "DIGEST_INVALID", { digest });
  const stored = exchange.content.addBlob(name, bytes);
  exchange.notifier.notify(
    "push",
    {
      mediaType: "application/octet-stream",
      size: bytes.length,
      length: bytes.length,
      digest: stored,
      repository: name,
      url: `${exchange.url.origin}/v2/${name}/blobs/${stored}`,
    },
    exchange.request,
  );
  send(exchange, 201, { location: `/v2/${name}/blobs/${digestOf(bytes)}`, "docker-content-digest": stored });
}
