import type { Advertisement } from "./advertisement.ts";
import { serverError } from "./advertisement.ts";
import { GitError } from "./errors.ts";
import { delimiterPacket, encodePackets, flushPacket, textOf, type PacketReader } from "./pkt-line.ts";

/** What is asked for: objects of `wants`, given that those reachable from `haves` (one commit deep) are here. */
export interface FetchRequest {
  readonly wants: readonly string[];
  /** Commits held without their history: told as both had and shallow. */
  readonly haves: readonly string[];
}

const agent = "agent=git/eddy";

/** The request for protocol v2: one round trip, one commit deep, thin, without progress. Source: Git's gitprotocol-v2, `fetch`. */
export function encodeFetchV2(request: FetchRequest, capabilities: ReadonlyMap<string, string>): Buffer {
  const shallow = (capabilities.get("fetch") ?? "").split(" ").includes("shallow");
  return encodePackets([
    "command=fetch\n",
    `${agent}\n`,
    ...(capabilities.has("object-format") ? ["object-format=sha1\n"] : []),
    { special: delimiterPacket },
    "thin-pack\n",
    "no-progress\n",
    "ofs-delta\n",
    ...request.wants.map((oid) => `want ${oid}\n`),
    ...(shallow ? request.haves.map((oid) => `shallow ${oid}\n`) : []),
    ...(shallow ? ["deepen 1\n"] : []),
    ...request.haves.map((oid) => `have ${oid}\n`),
    "done\n",
    { special: flushPacket },
  ]);
}

/** The request for all commits between what is wanted and what is here, without their files where the server can leave those out. */
export function encodeHistoryV2(request: FetchRequest, capabilities: ReadonlyMap<string, string>): Buffer {
  const canFilter = (capabilities.get("fetch") ?? "").split(" ").includes("filter");
  return encodePackets([
    "command=fetch\n",
    `${agent}\n`,
    ...(capabilities.has("object-format") ? ["object-format=sha1\n"] : []),
    { special: delimiterPacket },
    "no-progress\n",
    "ofs-delta\n",
    ...(canFilter ? ["filter tree:0\n"] : []),
    ...request.wants.map((oid) => `want ${oid}\n`),
    ...request.haves.map((oid) => `have ${oid}\n`),
    "done\n",
    { special: flushPacket },
  ]);
}

/** The same for protocol v0. Source: Git's gitprotocol-pack. */
export function encodeFetchV0(request: FetchRequest, capabilities: ReadonlyMap<string, string>): Buffer {
  const usable = ["side-band-64k", "ofs-delta", "thin-pack", "no-progress", "shallow"].filter((name) =>
    capabilities.has(name),
  );
  const shallow = usable.includes("shallow");
  return encodePackets([
    ...request.wants.map((oid, index) => `want ${oid}${index === 0 ? ` ${usable.join(" ")} ${agent}` : ""}\n`),
    ...(shallow ? request.haves.map((oid) => `shallow ${oid}\n`) : []),
    ...(shallow ? ["deepen 1\n"] : []),
    { special: flushPacket },
    ...request.haves.map((oid) => `have ${oid}\n`),
    "done\n",
  ]);
}

/** The `ls-refs` request. */
export function encodeListRefs(prefixes: readonly string[], capabilities: ReadonlyMap<string, string>): Buffer {
  return encodePackets([
    "command=ls-refs\n",
    `${agent}\n`,
    ...(capabilities.has("object-format") ? ["object-format=sha1\n"] : []),
    { special: delimiterPacket },
    "peel\n",
    "symrefs\n",
    ...prefixes.map((prefix) => `ref-prefix ${prefix}\n`),
    { special: flushPacket },
  ]);
}

/** Reads the answer up to the pack and hands the pack's bytes to `onData`, in order. */
export async function readFetchAnswer(
  reader: PacketReader,
  advertisement: Advertisement,
  onData: (data: Buffer) => Promise<void> | void,
): Promise<void> {
  if (advertisement.version === 2) await skipToPackV2(reader);
  else return readPackV0(reader, advertisement.capabilities.has("side-band-64k"), onData);
  await readSideBand(reader, onData);
}

async function skipToPackV2(reader: PacketReader): Promise<void> {
  for (;;) {
    const packet = await reader.next();
    if (packet === undefined || packet.kind === "flush")
      throw new GitError("protocol", "fetch: the server sent no pack");
    if (packet.kind !== "data") continue;
    const line = textOf(packet);
    if (line === "packfile") return;
    if (line.startsWith("ERR ")) throw refusal(line.slice(4));
  }
}

async function readPackV0(
  reader: PacketReader,
  sideBand: boolean,
  onData: (data: Buffer) => Promise<void> | void,
): Promise<void> {
  if (!sideBand) throw new GitError("unsupported", "fetch: the server does not know side-band-64k");
  for (;;) {
    const packet = await reader.next();
    if (packet === undefined) throw new GitError("protocol", "fetch: the server sent no pack");
    if (packet.kind !== "data") continue;
    const line = textOf(packet);
    if (line.startsWith("ERR ")) throw refusal(line.slice(4));
    // With `done` sent at once there is one last NAK or ACK; `shallow` lines and their flush come before it.
    if (line === "NAK" || /^ACK [0-9a-f]{40}$/.test(line)) break;
  }
  await readSideBand(reader, onData);
}

async function readSideBand(reader: PacketReader, onData: (data: Buffer) => Promise<void> | void): Promise<void> {
  for (;;) {
    const packet = await reader.next();
    if (packet === undefined) throw new GitError("protocol", "fetch: the answer ended before the pack did");
    if (packet.kind !== "data") return;
    const band = packet.data[0];
    if (band === 1) await onData(packet.data.subarray(1));
    else if (band === 3) throw refusal(packet.data.subarray(1).toString("utf8").trim());
    else if (band !== 2) throw refusal(textOf(packet).replace(/^ERR /, ""));
  }
}

function refusal(text: string): GitError {
  const line = (text.split("\n", 1)[0] ?? "").slice(0, 300);
  const refused = /(?:not our ref|no such remote ref|unadvertised object) ?([0-9a-f]{40})?/i.exec(line);
  if (refused)
    return new GitError("ref-not-found", `unable to resolve commit object for '${refused[1] ?? ""}': object not found`);
  return serverError(line);
}
