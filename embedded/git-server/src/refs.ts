import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { compareText } from "@eddy/core/json";
import { runGit } from "./git.ts";

/** The refs of a bare repository: name to object id, sorted by name, and what HEAD names. */
export interface Refs {
  readonly head: string | undefined;
  readonly refs: ReadonlyMap<string, string>;
}

/** Reads loose and packed refs from disk. */
export function loadRefs(repository: string): Refs {
  const found = new Map<string, string>();
  for (const line of readText(join(repository, "packed-refs")).split("\n")) {
    const match = /^([0-9a-f]{40}) (refs\/\S+)$/.exec(line);
    if (match) found.set(match[2] ?? "", match[1] ?? "");
  }
  for (const [name, text] of looseRefs(repository, "refs")) {
    const oid = text.trim();
    if (/^[0-9a-f]{40}$/.test(oid)) found.set(name, oid);
  }
  const head = /^ref: (\S+)/.exec(readText(join(repository, "HEAD")))?.[1];
  return { head, refs: new Map([...found].sort(([left], [right]) => compareText(left, right))) };
}

function* looseRefs(repository: string, folder: string): Generator<[string, string]> {
  for (const entry of readdirSync(join(repository, folder), { withFileTypes: true })) {
    const name = `${folder}/${entry.name}`;
    if (entry.isDirectory()) yield* looseRefs(repository, name);
    else if (!entry.name.endsWith(".lock")) yield [name, readText(join(repository, name))];
  }
}

function readText(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}

/** Which commit an annotated tag stands for; object ids never change, so an answer is remembered. */
export class Peeler {
  private readonly known = new Map<string, string>();

  /** The peeled id of these objects, those that are not tags left out. */
  async peel(repository: string, oids: readonly string[]): Promise<ReadonlyMap<string, string>> {
    const unknown = oids.filter((oid) => !this.known.has(oid));
    if (unknown.length > 0) {
      const questions = unknown.map((oid) => `${oid}^{}\n`).join("");
      const answer = await runGit(
        ["-C", repository, "cat-file", "--batch-check=%(objectname)"],
        Buffer.from(questions),
      );
      for (const [index, line] of answer.trim().split("\n").entries()) this.known.set(unknown[index] ?? "", line);
    }
    const peeled = new Map<string, string>();
    for (const oid of oids) {
      const target = this.known.get(oid);
      if (target !== undefined && target !== oid) peeled.set(oid, target);
    }
    return peeled;
  }
}
