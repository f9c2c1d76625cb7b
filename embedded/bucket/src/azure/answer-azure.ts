import { escapeXml } from "@eddy/core/xml";
import { decodePath, type Answer, type Exchange } from "../exchange.ts";
import type { ObjectStore, StoredObject } from "../store.ts";
import { isAllowed, type AzureKeys } from "./check-access.ts";

/** What the Azure side knows. */
export interface AzureSide {
  store: ObjectStore;
  /** Absent: open to everybody. */
  keys: AzureKeys | undefined;
  pageSize: number;
  count(what: string): void;
}

/** Answers `GET /<container>?restype=container&comp=list` and `GET /<container>/<blob>`. Source: Azure Blob service REST API. */
export function answerAzure(request: Exchange, side: AzureSide): Answer {
  if (request.method !== "GET" && request.method !== "HEAD")
    return failure(405, "UnsupportedHttpVerb", "The resource doesn't support the specified HTTP verb.");
  if (side.keys && !isAllowed(request, side.keys)) {
    return failure(
      403,
      "AuthenticationFailed",
      "Server failed to authenticate the request. Make sure the value of Authorization header is formed correctly including the signature.\nRequestId:0",
    );
  }
  const [, container = "", blob = ""] = /^\/([^/]+)\/?(.*)$/s.exec(decodePath(request.path) ?? "") ?? [];
  side.count(`azure ${blob === "" ? "list" : "blob"}`);
  if (!side.store.has(container))
    return failure(404, "ContainerNotFound", "The specified container does not exist.\nRequestId:0");
  if (blob !== "") return getBlob(side.store.get(container, blob));
  if (request.query.get("comp") === "list" && request.query.get("restype") === "container")
    return list(request, container, side);
  return failure(400, "InvalidQueryParameterValue", "Value for one of the query parameters is not supported here.");
}

function getBlob(object: StoredObject | undefined): Answer {
  if (!object) return failure(404, "BlobNotFound", "The specified blob does not exist.\nRequestId:0");
  const headers = { etag: `"${etagOf(object)}"`, "content-type": "application/octet-stream" };
  return { status: 200, headers, body: object.bytes };
}

function list({ query }: Exchange, container: string, { store, pageSize }: AzureSide): Answer {
  const limit = Math.min(pageSize, Number(query.get("maxresults") ?? pageSize));
  const after = Buffer.from(query.get("marker") ?? "", "base64").toString();
  const { objects, more } = store.list(container, { prefix: query.get("prefix") ?? "", after, limit });
  const next = more ? Buffer.from(objects.at(-1)?.key ?? "").toString("base64") : "";
  const blobs = objects.map(
    (object) =>
      `<Blob><Name>${escapeXml(object.key)}</Name><Properties><Etag>${etagOf(object)}</Etag><Content-Length>${object.bytes.length}</Content-Length></Properties></Blob>`,
  );
  // The service itself begins with a byte order mark.
  const head = `\uFEFF<?xml version="1.0" encoding="utf-8"?><EnumerationResults ContainerName="${escapeXml(container)}">`;
  const body = `${head}<Blobs>${blobs.join("")}</Blobs><NextMarker>${next}</NextMarker></EnumerationResults>`;
  return { status: 200, headers: { "content-type": "application/xml" }, body };
}

function etagOf({ generation }: StoredObject): string {
  return `0x${generation.toString(16).toUpperCase().padStart(16, "0")}`;
}

function failure(status: number, code: string, message: string): Answer {
  const body = `<?xml version="1.0" encoding="utf-8"?><Error><Code>${code}</Code><Message>${escapeXml(message)}</Message></Error>`;
  return { status, headers: { "content-type": "application/xml", "x-ms-error-code": code }, body };
}
