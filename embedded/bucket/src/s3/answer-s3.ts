import { escapeXml } from "@eddy/core/xml";
import { decodePath, type Answer, type Exchange } from "../exchange.ts";
import type { ObjectStore, StoredObject } from "../store.ts";
import { checkSignature, type FindKey, type S3Refusal } from "./check-signature.ts";

/** What the S3 side knows. */
export interface S3Side {
  store: ObjectStore;
  /** Absent: open to everybody. */
  findKey: FindKey | undefined;
  region: string;
  pageSize: number;
  now: () => number;
  count(what: string): void;
}

/** Answers a request addressed by path: `/<bucket>[/<key>]`. Source: S3 API, the part that a reader and a test's writer need. */
export function answerS3(request: Exchange, side: S3Side): Answer {
  const options = side.findKey && { findKey: side.findKey, region: side.region, nowMs: side.now() };
  const refused = options && checkSignature(request, options);
  if (refused) return failure(refused);
  const path = decodePath(request.path);
  const [, bucket = "", key = ""] = /^\/([^/]+)\/?(.*)$/s.exec(path ?? "") ?? [];
  if (path === undefined || bucket === "") return failed(400, "InvalidRequest", "The request names no bucket.");
  side.count(`s3 ${request.method} ${key === "" ? "bucket" : "object"}`);
  if (request.method === "PUT") return put(request, side.store, bucket, key);
  if (!side.store.has(bucket)) return failed(404, "NoSuchBucket", "The specified bucket does not exist");
  if (request.method === "DELETE" && key !== "") {
    side.store.put(bucket, { [key]: undefined });
    return { status: 204 };
  }
  if (request.method !== "GET" && request.method !== "HEAD")
    return failed(405, "MethodNotAllowed", "The specified method is not allowed against this resource.");
  if (key !== "") return getObject(request, side.store.get(bucket, key));
  if (request.method === "HEAD") return { status: 200, headers: { "x-amz-bucket-region": side.region } };
  return request.query.has("location") ? location(side.region) : list(request, bucket, side);
}

/** The first region has no name of its own there. */
function location(region: string): Answer {
  const name = region === "us-east-1" ? "" : escapeXml(region);
  const namespace = "http://s3.amazonaws.com/doc/2006-03-01/";
  return xml(200, [`<LocationConstraint xmlns="${namespace}">${name}</LocationConstraint>`]);
}

function put({ body }: Exchange, store: ObjectStore, bucket: string, key: string): Answer {
  if (key === "") {
    store.createBucket(bucket);
    return { status: 200 };
  }
  if (!store.has(bucket)) return failed(404, "NoSuchBucket", "The specified bucket does not exist");
  store.put(bucket, { [key]: body });
  return { status: 200, headers: { etag: `"${store.get(bucket, key)?.md5 ?? ""}"` } };
}

function getObject({ headers }: Exchange, object: StoredObject | undefined): Answer {
  if (!object) return failed(404, "NoSuchKey", "The specified key does not exist.");
  const etag = `"${object.md5}"`;
  const described = { etag, "last-modified": new Date(object.updatedMs).toUTCString() };
  if (headers["if-none-match"] === etag) return { status: 304, headers: described };
  const ifMatch = headers["if-match"];
  if (ifMatch !== undefined && ifMatch !== etag && ifMatch !== object.md5)
    return failed(412, "PreconditionFailed", "At least one of the pre-conditions you specified did not hold");
  return { status: 200, headers: { ...described, "content-type": "application/octet-stream" }, body: object.bytes };
}

function list({ query }: Exchange, bucket: string, { store, pageSize }: S3Side): Answer {
  if (query.get("delimiter")) return failed(501, "NotImplemented", "A delimiter is not implemented here.");
  const isSecond = query.get("list-type") === "2";
  const isEncoded = query.get("encoding-type") === "url";
  const limit = Math.min(pageSize, Number(query.get("max-keys") ?? pageSize));
  if (!Number.isInteger(limit) || limit < 0) return failed(400, "InvalidArgument", "max-keys is not a number");
  const token = query.get("continuation-token");
  const after = isSecond
    ? token === null
      ? (query.get("start-after") ?? "")
      : decodeToken(token)
    : (query.get("marker") ?? "");
  const prefix = query.get("prefix") ?? "";
  const { objects, more } = store.list(bucket, { prefix, after, limit });
  const text = (key: string): string => escapeXml(isEncoded ? encodeURIComponent(key).replaceAll("%2F", "/") : key);
  const last = objects.at(-1)?.key ?? "";
  const next = isSecond
    ? `<NextContinuationToken>${Buffer.from(last).toString("base64")}</NextContinuationToken>`
    : `<NextMarker>${text(last)}</NextMarker>`;
  return xml(200, [
    '<ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/">',
    `<Name>${escapeXml(bucket)}</Name><Prefix>${text(prefix)}</Prefix><MaxKeys>${limit}</MaxKeys>`,
    isEncoded ? "<EncodingType>url</EncodingType>" : "",
    `<IsTruncated>${more}</IsTruncated>${more ? next : ""}`,
    ...objects.map((object) => entry(object, text(object.key))),
    "</ListBucketResult>",
  ]);
}

function entry({ md5, bytes, updatedMs }: StoredObject, key: string): string {
  const modified = new Date(updatedMs).toISOString();
  return `<Contents><Key>${key}</Key><LastModified>${modified}</LastModified><ETag>&quot;${md5}&quot;</ETag><Size>${bytes.length}</Size><StorageClass>STANDARD</StorageClass></Contents>`;
}

function decodeToken(token: string): string {
  return Buffer.from(token, "base64").toString();
}

function failed(status: number, code: string, message: string): Answer {
  return failure({ status, code, message });
}

function failure({ status, code, message, region }: S3Refusal): Answer {
  const where = region === undefined ? "" : `<Region>${escapeXml(region)}</Region>`;
  return xml(status, [`<Error><Code>${code}</Code><Message>${escapeXml(message)}</Message>${where}</Error>`]);
}

function xml(status: number, lines: readonly string[]): Answer {
  const body = `<?xml version="1.0" encoding="UTF-8"?>\n${lines.join("")}`;
  return { status, headers: { "content-type": "application/xml" }, body };
}
