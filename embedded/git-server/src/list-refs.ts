import { loadRefs, type Peeler } from "./refs.ts";

/** What an `ls-refs` request asks for, or undefined when the body is another command. */
export interface ListRefsRequest {
  readonly peel: boolean;
  readonly symrefs: boolean;
  readonly prefixes: readonly string[];
}

/** Reads a protocol v2 request. Source: Git's gitprotocol-v2. */
export function parseListRefs(body: Buffer): ListRefsRequest | undefined {
  const lines = packets(body);
  if (lines[0] !== "command=ls-refs") return undefined;
  return {
    peel: lines.includes("peel"),
    symrefs: lines.includes("symrefs"),
    prefixes: lines.filter((line) => line.startsWith("ref-prefix ")).map((line) => line.slice(11)),
  };
}

function packets(body: Buffer): string[] {
  const lines: string[] = [];
  for (let at = 0; at + 4 <= body.length;) {
    const length = Number.parseInt(body.toString("latin1", at, at + 4), 16);
    if (Number.isNaN(length) || length === 3) return lines;
    if (length > 4) lines.push(body.toString("utf8", at + 4, at + length).replace(/\n$/, ""));
    at += Math.max(length, 4);
  }
  return lines;
}

/** The answer, from the refs on disk: no child process, except once for each new annotated tag. */
export async function answerListRefs(repository: string, request: ListRefsRequest, peeler: Peeler): Promise<Buffer> {
  const { head, refs } = loadRefs(repository);
  const wanted = (name: string): boolean =>
    request.prefixes.length === 0 || request.prefixes.some((prefix) => name.startsWith(prefix));
  const listed = [...refs].filter(([name]) => wanted(name));
  const tags = request.peel ? listed.filter(([name]) => name.startsWith("refs/tags/")).map(([, oid]) => oid) : [];
  const peeled = tags.length > 0 ? await peeler.peel(repository, tags) : new Map<string, string>();
  const lines: string[] = [];
  const headOid = head === undefined ? undefined : refs.get(head);
  if (headOid !== undefined && wanted("HEAD"))
    lines.push(`${headOid} HEAD${request.symrefs ? ` symref-target:${head}` : ""}`);
  for (const [name, oid] of listed) {
    const target = peeled.get(oid);
    lines.push(`${oid} ${name}${target === undefined ? "" : ` peeled:${target}`}`);
  }
  return Buffer.concat([...lines.map((line) => packet(`${line}\n`)), Buffer.from("0000")]);
}

function packet(text: string): Buffer {
  const bytes = Buffer.from(text);
  return Buffer.concat([Buffer.from((bytes.length + 4).toString(16).padStart(4, "0")), bytes]);
}
