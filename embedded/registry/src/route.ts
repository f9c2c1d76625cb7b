import { Refusal } from "./registry-error.ts";

/** What a request is about. */
export type Route =
  | { readonly kind: "base" }
  | { readonly kind: "token" }
  | { readonly kind: "catalog" }
  | { readonly kind: "tags"; readonly name: string }
  | { readonly kind: "manifest"; readonly name: string; readonly reference: string }
  | { readonly kind: "blob"; readonly name: string; readonly digest: string }
  | { readonly kind: "uploads"; readonly name: string }
  | { readonly kind: "upload"; readonly name: string; readonly id: string }
  | { readonly kind: "referrers"; readonly name: string; readonly digest: string };

const component = "[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*";
const namePattern = new RegExp(`^${component}(?:/${component})*$`);
const tagPattern = /^[a-zA-Z0-9_][a-zA-Z0-9._-]{0,127}$/;
const digestPattern = /^[a-z0-9]+(?:[.+_-][a-z0-9]+)*:[a-zA-Z0-9=_-]{32,}$/;
const maxName = 255;

/** Whether a reference is a digest. */
export function isDigest(reference: string): boolean {
  return digestPattern.test(reference);
}

/** Whether a tag is one. */
export function isTag(reference: string): boolean {
  return tagPattern.test(reference);
}

/**
 * What a path asks for, or undefined for a path of no registry.
 * @throws Refusal NAME_INVALID, DIGEST_INVALID, MANIFEST_INVALID.
 */
export function parseRoute(path: string): Route | undefined {
  if (path === "/v2/" || path === "/v2") return { kind: "base" };
  if (path === "/token") return { kind: "token" };
  if (path === "/v2/_catalog") return { kind: "catalog" };
  const match =
    /^\/v2\/(.+?)\/(tags\/list|manifests\/([^/]+)|blobs\/uploads\/([^/]*)|blobs\/([^/]+)|referrers\/([^/]+))$/.exec(
      path,
    );
  if (!match) return undefined;
  const name = checkedName(decode(match[1]));
  if (match[2] === "tags/list") return { kind: "tags", name };
  if (match[3] !== undefined) return { kind: "manifest", name, reference: checkedReference(decode(match[3])) };
  if (match[4] !== undefined)
    return match[4] === "" ? { kind: "uploads", name } : { kind: "upload", name, id: decode(match[4]) };
  if (match[5] !== undefined) return { kind: "blob", name, digest: checkedDigest(decode(match[5])) };
  return { kind: "referrers", name, digest: checkedDigest(decode(match[6])) };
}

function decode(step: string | undefined): string {
  try {
    return decodeURIComponent(step ?? "");
  } catch {
    throw new Refusal(400, "NAME_INVALID");
  }
}

function checkedName(name: string): string {
  if (name.length > maxName || !namePattern.test(name)) throw new Refusal(400, "NAME_INVALID", { name });
  return name;
}

function checkedReference(reference: string): string {
  if (!isDigest(reference) && !isTag(reference)) throw new Refusal(400, "MANIFEST_INVALID", { reference });
  return reference;
}

function checkedDigest(digest: string): string {
  if (!isDigest(digest)) throw new Refusal(400, "DIGEST_INVALID", { digest });
  return digest;
}
