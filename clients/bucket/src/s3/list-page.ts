import { childText, childrenOf, parseXml } from "@eddy/core/xml";
import { BucketError } from "../errors.ts";
import type { BucketObject } from "../bucket.ts";

/** One page of a list, and how to ask for the next. */
export interface S3Page {
  readonly objects: readonly BucketObject[];
  /** Parameters of the next page; absent on the last. */
  readonly next: Readonly<Record<string, string>> | undefined;
}

/** Parameters that every page is asked with. */
export function listParameters(prefix: string, byMarker: boolean): Record<string, string> {
  return { ...(byMarker ? {} : { "list-type": "2" }), "encoding-type": "url", "max-keys": "1000", prefix };
}

/** Reads a ListBucketResult of either version. Source: S3 API, ListObjects and ListObjectsV2. */
export function readListPage(text: string, byMarker: boolean): S3Page {
  const root = parseXml(text);
  if (root.name !== "ListBucketResult")
    throw new BucketError("refused", `read a list of objects: it is a ${JSON.stringify(root.name)}`);
  const isEncoded = childText(root, "EncodingType") === "url";
  const objects = childrenOf(root, "Contents").map((entry) => ({
    key: decodeKey(childText(entry, "Key") ?? "", isEncoded),
    etag: trimEtag(childText(entry, "ETag") ?? ""),
  }));
  if (childText(root, "IsTruncated") !== "true") return { objects, next: undefined };
  const token = childText(root, "NextContinuationToken");
  const marker = decodeKey(childText(root, "NextMarker") ?? "", isEncoded) || objects.at(-1)?.key;
  if (byMarker && marker) return { objects, next: { marker } };
  if (!byMarker && token) return { objects, next: { "continuation-token": token } };
  throw new BucketError("refused", "read a list of objects: it is cut short and does not say where to go on");
}

/** An etag without its quotes. */
export function trimEtag(etag: string): string {
  return etag.replace(/^"|"$/g, "");
}

function decodeKey(key: string, isEncoded: boolean): string {
  if (!isEncoded) return key;
  try {
    return decodeURIComponent(key.replaceAll("+", " "));
  } catch {
    return key;
  }
}
