import { GitError } from "./errors.ts";
import { textOf, type PacketReader } from "./pkt-line.ts";
import type { GitRef } from "./remote.ts";

/** How a server speaks: with v2 refs are asked for, with v0 it has told them already. */
export type Advertisement =
  | { readonly version: 2; readonly capabilities: ReadonlyMap<string, string> }
  | { readonly version: 0; readonly capabilities: ReadonlyMap<string, string>; readonly refs: readonly GitRef[] };

/**
 * Reads what a server says first. `smartHttp` expects the `# service=` packets of HTTP before it.
 * Source: Git's gitprotocol-v2 and gitprotocol-pack.
 */
export async function readAdvertisement(reader: PacketReader, options: { smartHttp: boolean }): Promise<Advertisement> {
  let packet = await reader.next();
  if (options.smartHttp && packet?.kind === "data" && textOf(packet).startsWith("# service=")) {
    await reader.next();
    packet = await reader.next();
  }
  if (packet === undefined) throw new GitError("protocol", "read advertisement: the server said nothing");
  if (packet.kind !== "data") return { version: 0, capabilities: new Map(), refs: [] };
  const first = textOf(packet);
  if (first.startsWith("ERR ")) throw serverError(first.slice(4));
  if (first === "version 2") return { version: 2, capabilities: await readCapabilities(reader) };
  if (first === "version 1") packet = await reader.next();
  return readRefsV0(reader, packet?.kind === "data" ? packet.data : undefined);
}

async function readCapabilities(reader: PacketReader): Promise<ReadonlyMap<string, string>> {
  const capabilities = new Map<string, string>();
  for (;;) {
    const packet = await reader.next();
    if (packet?.kind !== "data") return capabilities;
    const text = textOf(packet);
    const equals = text.indexOf("=");
    if (equals < 0) capabilities.set(text, "");
    else capabilities.set(text.slice(0, equals), text.slice(equals + 1));
  }
}

async function readRefsV0(reader: PacketReader, first: Buffer | undefined): Promise<Advertisement> {
  const lines: string[] = [];
  let capabilityText = "";
  for (let data = first; data !== undefined;) {
    const [line = "", capabilities] = textOf({ data }).split("\0", 2);
    if (line.startsWith("ERR ")) throw serverError(line.slice(4));
    if (capabilities !== undefined) capabilityText = capabilities;
    if (!line.startsWith("shallow ")) lines.push(line);
    const packet = await reader.next();
    data = packet?.kind === "data" ? packet.data : undefined;
  }
  const words = capabilityText.trim().split(/ +/);
  const symrefs = new Map<string, string>();
  const capabilities = new Map<string, string>();
  for (const word of words) {
    const [name, value] = splitOnce(word, "=");
    if (name === "symref") symrefs.set(...splitOnce(value, ":"));
    else if (name !== "") capabilities.set(name, value);
  }
  return { version: 0, capabilities, refs: foldPeeled(lines, symrefs) };
}

function splitOnce(text: string, separator: string): [string, string] {
  const at = text.indexOf(separator);
  return at < 0 ? [text, ""] : [text.slice(0, at), text.slice(at + 1)];
}

function foldPeeled(lines: readonly string[], symrefs: ReadonlyMap<string, string>): GitRef[] {
  const refs: GitRef[] = [];
  for (const line of lines) {
    const oid = parseOid(line.slice(0, 40));
    const name = line.slice(41);
    // `capabilities^{}` stands for the missing refs of an empty repository.
    if (name === "capabilities^{}") continue;
    const last = refs.at(-1);
    if (name.endsWith("^{}") && last?.name === name.slice(0, -3)) refs[refs.length - 1] = { ...last, peeled: oid };
    else refs.push({ name, oid, ...(symrefs.has(name) ? { target: symrefs.get(name) ?? "" } : {}) });
  }
  return refs;
}

/** The refs of an `ls-refs` answer. An unborn HEAD is left out. */
export async function readRefsV2(reader: PacketReader): Promise<GitRef[]> {
  const refs: GitRef[] = [];
  for (;;) {
    const packet = await reader.next();
    if (packet === undefined) throw new GitError("protocol", "read refs: the answer ended without a flush packet");
    if (packet.kind !== "data") return refs;
    const line = textOf(packet);
    if (line.startsWith("ERR ")) throw serverError(line.slice(4));
    const [oid = "", name = "", ...attributes] = line.split(" ");
    if (oid === "unborn") continue;
    const ref: { name: string; oid: string; peeled?: string; target?: string } = { name, oid: parseOid(oid) };
    for (const attribute of attributes) {
      if (attribute.startsWith("peeled:")) ref.peeled = parseOid(attribute.slice(7));
      if (attribute.startsWith("symref-target:")) ref.target = attribute.slice(14);
    }
    refs.push(ref);
  }
}

/** The text if it is an object id of 40 hex digits. */
export function parseOid(text: string): string {
  if (!/^[0-9a-f]{40}$/.test(text)) {
    throw new GitError(
      "protocol",
      `read object id: ${JSON.stringify(text.slice(0, 80))} is not 40 hex digits (SHA-256 repositories are not supported)`,
    );
  }
  return text;
}

/** What a server's `ERR` packet means. */
export function serverError(text: string): GitError {
  const line = (text.split("\n", 1)[0] ?? "").slice(0, 500);
  if (/not found|does not exist|not appear to be a git repository|no such repository/i.test(line)) {
    return new GitError("not-found", `repository not found: ${line}`);
  }
  if (/denied|unauthori[sz]ed|not allowed|authentication/i.test(line))
    return new GitError("authentication", `authorization failed: ${line}`);
  return new GitError("rejected", `remote error: ${line}`);
}
