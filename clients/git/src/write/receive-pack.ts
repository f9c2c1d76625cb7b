import { GitError } from "../errors.ts";
import {
  createPacketReader,
  encodePacket,
  encodePackets,
  flushPacket,
  type PacketReader,
  textOf,
} from "../pkt-line.ts";

/** One ref that is to move; `old` is undefined for one that is to be made. */
export interface RefUpdate {
  readonly name: string;
  readonly old: string | undefined;
  readonly new: string;
}

/** What the server did with a push. */
export interface PushReport {
  /** Refs that moved. */
  readonly accepted: readonly string[];
  /** Refs that did not, and why, in the server's words. */
  readonly refused: ReadonlyMap<string, string>;
  /** What hooks and the server said besides, for people. */
  readonly remarks: string;
}

const nothing = "0".repeat(40);
const maxRemarks = 8_192;

/**
 * The request of `git-receive-pack`: refs to move, options for hooks, and the pack. All refs move or none, where the server can do that.
 * Source: Git's gitprotocol-pack.
 * @throws GitError `unsupported` for push options that the server would not read
 */
export function encodePush(
  updates: readonly RefUpdate[],
  pack: Buffer,
  capabilities: ReadonlyMap<string, string>,
  pushOptions: Readonly<Record<string, string>> = {},
): Buffer {
  const options = Object.entries(pushOptions).map(([key, value]) => `${key}=${value}`);
  if (options.length > 0 && !capabilities.has("push-options"))
    throw new GitError("unsupported", "push: the server does not take push options");
  const broken = options.find((option) => /[\n\0]/.test(option));
  if (broken !== undefined)
    throw new GitError("configuration", `push: the option ${JSON.stringify(broken)} has a line break`);
  const wanted = [
    "report-status",
    "side-band-64k",
    ...(updates.length > 1 ? ["atomic"] : []),
    ...(options.length > 0 ? ["push-options"] : []),
  ];
  const words = [
    ...wanted.filter((name) => capabilities.has(name)),
    ...(capabilities.has("object-format") ? ["object-format=sha1"] : []),
    "agent=git/eddy",
  ];
  const commands = updates.map(
    ({ name, old, new: oid }, index) =>
      `${old ?? nothing} ${oid} ${name}${index === 0 ? `\0 ${words.join(" ")}` : ""}\n`,
  );
  return Buffer.concat([
    encodePackets([...commands, { special: flushPacket }]),
    ...(options.length > 0 ? [...options.map((option) => encodePacket(option)), Buffer.from(flushPacket)] : []),
    pack,
  ]);
}

/**
 * Reads the server's answer; without `report-status` it says nothing.
 * @throws GitError `rejected` when the server could not read the pack
 */
export async function readPushReport(
  reader: PacketReader,
  capabilities: ReadonlyMap<string, string>,
  updates: readonly RefUpdate[],
): Promise<PushReport> {
  let remarks = "";
  const note = (text: string): void => {
    if (remarks.length < maxRemarks) remarks += text;
  };
  const inner = capabilities.has("side-band-64k")
    ? createPacketReader(reportBytes(reader, note), { maxBytes: 16 * 1024 * 1024 })
    : reader;
  const lines: string[] = [];
  for (let packet = await inner.next(); packet?.kind === "data"; packet = await inner.next())
    lines.push(textOf(packet));
  // Hooks may talk on behind the report.
  if (inner !== reader) await inner.finish();
  return { ...parseReport(lines, updates), remarks: remarks.trim() };
}

async function* reportBytes(reader: PacketReader, note: (text: string) => void): AsyncGenerator<Uint8Array> {
  for (let packet = await reader.next(); packet?.kind === "data"; packet = await reader.next()) {
    const band = packet.data[0];
    const content = packet.data.subarray(1);
    if (band === 1) yield content;
    else if (band === 3) throw new GitError("rejected", `failed to push to remote: ${content.toString("utf8").trim()}`);
    else note(content.toString("utf8"));
  }
}

function parseReport(lines: readonly string[], updates: readonly RefUpdate[]): Omit<PushReport, "remarks"> {
  const accepted: string[] = [];
  const refused = new Map<string, string>();
  for (const line of lines) {
    const [, word = "", name = "", reason = ""] = /^(unpack|ok|ng) (\S+) ?(.*)$/s.exec(line) ?? [];
    if (word === "unpack" && name !== "ok")
      throw new GitError("rejected", `failed to push to remote: unpack error: ${`${name} ${reason}`.trim()}`);
    if (word === "ok") accepted.push(name);
    if (word === "ng") refused.set(name, reason === "" ? "refused" : reason);
  }
  return { accepted: accepted.filter((name) => updates.some((update) => update.name === name)), refused };
}
