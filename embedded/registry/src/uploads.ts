import { randomUUID } from "node:crypto";
import { storeBlob } from "./blobs.ts";
import { readBody, send, unsupported, type Exchange } from "./exchange.ts";
import { Refusal } from "./registry-error.ts";

interface Upload {
  readonly name: string;
  parts: Buffer[];
  length: number;
}

/** Uploads under way. */
export interface Uploads {
  /** `POST blobs/uploads/`: begins one, or takes a blob whole, or mounts it. */
  begin(exchange: Exchange, name: string): Promise<void>;
  /** `PATCH`, `PUT`, `GET`, `DELETE` of an upload. */
  answer(exchange: Exchange, name: string, id: string): Promise<void>;
}

const maxUploads = 1_000;
const defaultMaxBytes = 512 * 1024 * 1024;

/** None under way. */
export function createUploads(): Uploads {
  const uploads = new Map<string, Upload>();
  const get = (name: string, id: string): Upload => {
    const upload = uploads.get(id);
    if (upload?.name !== name) throw new Refusal(404, "BLOB_UPLOAD_UNKNOWN");
    return upload;
  };
  return {
    async begin(exchange, name) {
      if (exchange.method !== "POST") unsupported();
      const query = exchange.url.searchParams;
      if (mount(exchange, name, query.get("mount"), query.get("from"))) return;
      const digest = query.get("digest");
      if (digest !== null) return storeBlob(exchange, name, await readBody(exchange), digest);
      const id = randomUUID();
      if (uploads.size >= maxUploads) uploads.delete(uploads.keys().next().value ?? "");
      uploads.set(id, { name, parts: [], length: 0 });
      send(exchange, 202, uploadHeaders(name, id, 0));
    },
    async answer(exchange, name, id) {
      const upload = get(name, id);
      if (exchange.method === "GET") return send(exchange, 204, uploadHeaders(name, id, upload.length));
      if (exchange.method === "DELETE") {
        uploads.delete(id);
        return send(exchange, 204, {});
      }
      if (exchange.method !== "PATCH" && exchange.method !== "PUT") unsupported();
      await append(exchange, upload);
      if (exchange.method === "PATCH") return send(exchange, 202, uploadHeaders(name, id, upload.length));
      uploads.delete(id);
      storeBlob(exchange, name, Buffer.concat(upload.parts), exchange.url.searchParams.get("digest"));
    },
  };
}

function uploadHeaders(name: string, id: string, length: number): Record<string, string> {
  return {
    location: `/v2/${name}/blobs/uploads/${id}`,
    range: `0-${Math.max(0, length - 1)}`,
    "docker-upload-uuid": id,
  };
}

async function append(exchange: Exchange, upload: Upload): Promise<void> {
  const start = /^(\d+)-\d+$/.exec(exchange.request.headers["content-range"] ?? "")?.[1];
  if (start !== undefined && Number(start) !== upload.length) throw new Refusal(416, "BLOB_UPLOAD_INVALID");
  const max = exchange.options.maxBlobBytes ?? defaultMaxBytes;
  const part = await readBody(exchange, max - upload.length);
  upload.parts.push(part);
  upload.length += part.length;
}

/** Whether the blob is of another repository, and now of this one too. */
function mount(exchange: Exchange, name: string, digest: string | null, from: string | null): boolean {
  if (digest === null || from === null || !exchange.content.mount(name, from, digest)) return false;
  exchange.notifier.notify("mount", { digest, repository: name, fromRepository: from }, exchange.request);
  send(exchange, 201, { location: `/v2/${name}/blobs/${digest}`, "docker-content-digest": digest });
  return true;
}
