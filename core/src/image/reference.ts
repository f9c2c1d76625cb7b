import { EddyError } from "../errors/index.ts";

/** A registry and a path in it. */
export interface Repository {
  /** `host[:port]`; Docker Hub is `index.docker.io`. */
  readonly registry: string;
  /** As it was given: `nginx`, `org/app`. {@link repositoryPath} is what the registry knows it by. */
  readonly path: string;
  /** Plain HTTP is allowed. */
  readonly insecure: boolean;
}

/** A repository with a tag or a digest; a digest wins. */
export interface Reference {
  readonly repository: Repository;
  /** Absent where a digest was given. */
  readonly tag?: string;
  /** `sha256:<64 hex digits>`. */
  readonly digest?: string;
}

/** Options of {@link parseRepository} and {@link parseReference}. */
export interface ParseReferenceOptions {
  /** Plain HTTP is allowed. Default false. */
  insecure?: boolean;
}

/** The tag of a reference without one. */
export const defaultTag = "latest";

const defaultRegistry = "index.docker.io";
const repositoryChars = "abcdefghijklmnopqrstuvwxyz0123456789_-./";
const tagChars = "abcdefghijklmnopqrstuvwxyz0123456789_-.ABCDEFGHIJKLMNOPQRSTUVWXYZ";

function badName(message: string): EddyError {
  return new EddyError("OCI_NAME", message, { class: "terminal" });
}

function checkElement(name: string, element: string, allowed: string, min: number, max: number): void {
  const length = Array.from(element).length;
  if (length < min || length > max)
    throw badName(`${name} must be between ${min} and ${max} characters in length: ${element}`);
  if (Array.from(element).some((char) => !allowed.includes(char)))
    throw badName(`${name} can only contain the characters \`${allowed}\`: ${element}`);
}

/**
 * `[registry/]path`; the first step is a registry where it has a dot or a colon. Source: go-containerregistry `name.NewRepository`,
 * its messages included.
 * @throws EddyError OCI_NAME (terminal).
 */
export function parseRepository(text: string, options: ParseReferenceOptions = {}): Repository {
  if (text === "") throw badName("a repository name must be specified");
  const slash = text.indexOf("/");
  const first = slash < 0 ? "" : text.slice(0, slash);
  const named = first.includes(".") || first.includes(":");
  const path = named ? text.slice(slash + 1) : text;
  checkElement("repository", path, repositoryChars, 2, 255);
  return { registry: parseRegistry(named ? first : ""), path, insecure: options.insecure ?? false };
}

/**
 * `host[:port]`; empty and `docker.io` are Docker Hub.
 * @throws EddyError OCI_NAME (terminal).
 */
export function parseRegistry(host: string): string {
  if (!isAuthority(host)) throw badName(`registries must be valid RFC 3986 URI authorities: ${host}`);
  return host === "" || host === "docker.io" ? defaultRegistry : host;
}

/** Whether Go's `url.Parse("//" + host)` takes it for a host and nothing else. */
function isAuthority(host: string): boolean {
  if (host === "") return true;
  const bracketed = /^\[[0-9A-Fa-f:.]+(?:%25[\w.~-]+)?\](?::\d*)?$/.test(host);
  return bracketed || (/^[^/?#@[\]\s%<>"\\^`{|}]*$/.test(host) && /^[^:]*(?::\d*)?$/.test(host));
}

/**
 * `repository[:tag]`, tag `latest` by default. Source: go-containerregistry `name.NewTag`.
 * @throws EddyError OCI_NAME (terminal).
 */
function parseTagged(text: string, options: ParseReferenceOptions): Reference {
  const colon = text.lastIndexOf(":");
  const tagged = colon >= 0 && !text.slice(colon + 1).includes("/");
  const tag = tagged ? text.slice(colon + 1) : "";
  if (tagged && tag === "") throw badName(`${text} must specify a tag name after the colon`);
  if (tag !== "") checkElement("tag", tag, tagChars, 1, 128);
  return { repository: parseRepository(tagged ? text.slice(0, colon) : text, options), tag: tag || defaultTag };
}

function parseDigested(text: string, options: ParseReferenceOptions): Reference {
  const parts = text.split("@");
  const [base = "", digest = ""] = parts;
  if (parts.length !== 2)
    throw badName(`a digest must contain exactly one '@' separator (e.g. registry/repository@digest) saw: ${text}`);
  if (!digest.startsWith("sha256:")) throw badName(`unsupported digest algorithm: ${digest}`);
  checkDigest(digest);
  return { repository: repositoryOfTagged(base, options), digest };
}

/** A tag before a digest says nothing: the digest is what is meant. */
function repositoryOfTagged(base: string, options: ParseReferenceOptions): Repository {
  try {
    return parseTagged(base, options).repository;
  } catch {
    return parseRepository(base, options);
  }
}

/** @throws EddyError OCI_NAME (terminal) in the words of opencontainers/go-digest. */
function checkDigest(digest: string): void {
  const hex = digest.slice("sha256:".length);
  if (hex.length !== 64) throw badName("invalid checksum digest length");
  if (!/^[a-f0-9]+$/.test(hex)) throw badName("invalid checksum digest format");
}

/**
 * `repository:tag`, `repository@sha256:…` or both. Source: go-containerregistry `name.ParseReference`.
 * @throws EddyError OCI_NAME (terminal): `could not parse reference: <text>`.
 */
export function parseReference(text: string, options: ParseReferenceOptions = {}): Reference {
  for (const parse of [parseTagged, parseDigested]) {
    try {
      return parse(text, options);
    } catch {
      // The other form may fit.
    }
  }
  throw badName(`could not parse reference: ${text}`);
}

/**
 * A reference that must be by digest. @throws EddyError OCI_NAME (terminal) that says what is wrong with it.
 */
export function parseDigestReference(text: string, options: ParseReferenceOptions = {}): Reference {
  return parseDigested(text, options);
}

/** The path that the registry knows: Docker Hub's single names live in `library/`. */
export function repositoryPath({ registry, path }: Repository): string {
  return registry === defaultRegistry && !path.includes("/") ? `library/${path}` : path;
}

/** `registry/path`. */
export function formatRepository(repository: Repository): string {
  return `${repository.registry}/${repositoryPath(repository)}`;
}

/** `registry/path:tag` or `registry/path@digest`. */
export function formatReference({ repository, tag, digest }: Reference): string {
  return formatRepository(repository) + (digest === undefined ? `:${tag ?? defaultTag}` : `@${digest}`);
}

/** What a request names the manifest by: the digest, else the tag. */
export function identifierOf({ tag, digest }: Reference): string {
  return digest ?? tag ?? defaultTag;
}

/** A reference to this tag of the repository, unchecked: specs may name what no registry has. */
export function withTag(repository: Repository, tag: string): Reference {
  return { repository, tag };
}

/** A reference to this digest of the repository, unchecked. */
export function withDigest(repository: Repository, digest: string): Reference {
  return { repository, digest };
}

/**
 * Whether plain HTTP may be spoken to a registry that HTTPS does not reach: it is marked insecure, or a name or address of this machine
 * or a private network. Source: go-containerregistry `Registry.Scheme`.
 */
export function allowsPlainHttp({ registry, insecure }: Pick<Repository, "registry" | "insecure">): boolean {
  if (insecure || registry.startsWith("localhost:") || /\.localhost(?::\d{1,5})?$/.test(registry)) return true;
  return registry.includes("127.0.0.1") || registry.includes("::1") || isPrivateAddress(registry.split(":")[0] ?? "");
}

function isPrivateAddress(host: string): boolean {
  const octets = /^(\d{1,3})\.(\d{1,3})\.\d{1,3}\.\d{1,3}$/.exec(host);
  if (!octets || host.split(".").some((octet) => Number(octet) > 255)) return false;
  const [a, b] = [Number(octets[1]), Number(octets[2])];
  return a === 10 || (a === 172 && b >= 16 && b <= 31) || (a === 192 && b === 168);
}
