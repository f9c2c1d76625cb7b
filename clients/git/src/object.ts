import { createHash } from "node:crypto";
import { GitError } from "./errors.ts";
import type { GitSignature, GitTag } from "./remote.ts";

/** What an object of a Git repository is. */
export type ObjectType = "commit" | "tree" | "blob" | "tag";

/** An object as it is stored, inflated. */
export interface GitObject {
  readonly type: ObjectType;
  readonly data: Buffer;
}

/** The object's id: SHA-1 over type, size and content. */
export function objectId(type: ObjectType, data: Uint8Array): string {
  return createHash("sha1").update(`${type} ${data.length}\0`).update(data).digest("hex");
}

/** A parsed commit object. */
export interface CommitObject {
  readonly tree: string;
  readonly parents: readonly string[];
  readonly author: GitSignature;
  readonly committer: GitSignature;
  readonly message: string;
  readonly signature: string | undefined;
  readonly payload: Uint8Array;
}

/**
 * Reads a commit. `signature` is the `gpgsig` header with its continuation lines joined; `payload` is the object without
 * that header: what was signed.
 */
export function parseCommit(data: Buffer): CommitObject {
  const { headers, body, signatureRange } = parseHeaders(data, "gpgsig");
  const first = (name: string): string => headers.find((header) => header.name === name)?.value ?? "";
  return {
    tree: first("tree"),
    parents: headers.filter((header) => header.name === "parent").map((header) => header.value),
    author: parseSignature(first("author")),
    committer: parseSignature(first("committer")),
    message: body,
    signature: headers.find((header) => header.name === "gpgsig")?.value.concat("\n"),
    payload: signatureRange
      ? Buffer.concat([data.subarray(0, signatureRange[0]), data.subarray(signatureRange[1])])
      : data,
  };
}

const tagSignatureStart = /^-----BEGIN (?:PGP (?:SIGNATURE|MESSAGE)|SSH SIGNATURE|SIGNED MESSAGE)-----$/m;

/** Reads an annotated tag; its signature stands at the end of the message. */
export function parseTag(oid: string, data: Buffer): GitTag {
  const { headers, body } = parseHeaders(data, "gpgsig");
  const first = (name: string): string | undefined => headers.find((header) => header.name === name)?.value;
  const start = tagSignatureStart.exec(body)?.index;
  const signature = start === undefined ? undefined : body.slice(start);
  const tagger = first("tagger");
  return {
    oid,
    name: first("tag") ?? "",
    target: first("object") ?? "",
    targetType: first("type") ?? "",
    tagger: tagger === undefined ? undefined : parseSignature(tagger),
    message: start === undefined ? body : body.slice(0, start),
    signature,
    payload: signature === undefined ? data : data.subarray(0, data.length - Buffer.byteLength(signature)),
  };
}

interface Headers {
  headers: { name: string; value: string }[];
  body: string;
  signatureRange: [number, number] | undefined;
}

function parseHeaders(data: Buffer, signatureHeader: string): Headers {
  const headers: Headers["headers"] = [];
  let signatureRange: [number, number] | undefined;
  let at = 0;
  while (at < data.length && data[at] !== 0x0a) {
    const lineEnd = endOfLine(data, at);
    let end = lineEnd;
    while (data[end] === 0x20) end = endOfLine(data, end);
    const [line = "", ...continued] = data.toString("utf8", at, end - 1).split("\n");
    const space = line.indexOf(" ");
    if (space < 0)
      throw new GitError("protocol", `read object: header line without a value: ${JSON.stringify(line.slice(0, 80))}`);
    const name = line.slice(0, space);
    headers.push({ name, value: [line.slice(space + 1), ...continued.map((part) => part.slice(1))].join("\n") });
    if (name === signatureHeader) signatureRange = [at, end];
    at = end;
  }
  return { headers, body: data.toString("utf8", Math.min(at + 1, data.length)), signatureRange };
}

function endOfLine(data: Buffer, from: number): number {
  const newline = data.indexOf(0x0a, from);
  return newline < 0 ? data.length + 1 : newline + 1;
}

/** Reads `Name <mail> seconds zone`; what is missing is empty or 0, since odd commits are common in the wild. */
export function parseSignature(text: string): GitSignature {
  const match = /^([^<]*?) ?<([^>]*)>(?: (-?\d+))?(?: ([+-]\d{4,}))?/s.exec(text);
  return {
    name: match?.[1] ?? text,
    email: match?.[2] ?? "",
    when: Number(match?.[3] ?? 0) * 1000,
    offset: match?.[4] ?? "+0000",
  };
}

/** One name in a tree. */
export interface TreeEntry {
  readonly name: string;
  readonly oid: string;
  readonly kind: "file" | "executable" | "symlink" | "directory" | "submodule";
}

const kinds: Readonly<Record<string, TreeEntry["kind"]>> = {
  "40000": "directory",
  "100644": "file",
  "100664": "file",
  "100755": "executable",
  "120000": "symlink",
  "160000": "submodule",
};

/**
 * Reads a tree, in Git's order.
 * @throws GitError `unsafe` for a name that would leave the folder or reach into `.git` on some file system.
 */
export function parseTree(oid: string, data: Buffer): TreeEntry[] {
  const entries: TreeEntry[] = [];
  for (let at = 0; at < data.length;) {
    const space = data.indexOf(0x20, at);
    const nul = data.indexOf(0, space);
    if (space < 0 || nul < 0 || nul + 21 > data.length)
      throw new GitError("protocol", `read tree ${oid}: it is cut off`);
    const mode = data.toString("latin1", at, space).replace(/^0+/, "");
    const kind = kinds[mode];
    if (!kind) throw new GitError("protocol", `read tree ${oid}: unknown mode ${JSON.stringify(mode.slice(0, 12))}`);
    const name = data.toString("utf8", space + 1, nul);
    if (!isSafeName(name)) throw new GitError("unsafe", `read tree ${oid}: refused the name ${JSON.stringify(name)}`);
    entries.push({ name, oid: data.toString("hex", nul + 1, nul + 21), kind });
    at = nul + 21;
  }
  return entries;
}

/** Characters that HFS+ ignores in names. Source: Git's `next_hfs_char`. */
const ignoredByHfs = /[\u200c-\u200f\u202a-\u202e\u206a-\u206f\ufeff]/g;

/**
 * Whether a name may stand in a tree: no separator, no `.` or `..`, nothing that a file system takes for `.git`.
 * Source: Git's `verify_path` with `core.protectHFS` and `core.protectNTFS`.
 */
export function isSafeName(name: string): boolean {
  if (name === "" || name === "." || name === ".." || /[/\\\0]/.test(name)) return false;
  const folded = name.replace(ignoredByHfs, "").toLowerCase();
  return !/^(?:\.git|git~\d+)(?:[ .]*|:.*)$/.test(folded);
}
