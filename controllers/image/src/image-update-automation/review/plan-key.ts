import { sha256 } from "@eddy/core/digest";
import type { FileTree } from "@eddy/core/tree";

const trailer = "Eddy-Automation";

/** The same for the same change of the same files: what is elsewhere in the tree does not count. Pure. */
export function planKey(base: FileTree, files: ReadonlyMap<string, Uint8Array>): string {
  const sides = [...files].map(([path, bytes]) => [path, sha256(base.read(path) ?? ""), sha256(bytes)]);
  return sha256(JSON.stringify(sides.toSorted(([left = ""], [right = ""]) => (left < right ? -1 : 1)))).slice(0, 16);
}

/** Whose commit of a pull request's branch it is, and the key of what it changes. */
export interface PlanTrailer {
  /** `<namespace>/<name>/<first digits of the uid>`. */
  readonly automation: string;
  readonly key: string;
}

/** The message with the trailer at its end, behind others that are there. Pure. */
export function withTrailer(message: string, { automation, key }: PlanTrailer): string {
  const text = message.trimEnd();
  const last = text.includes("\n\n") ? text.slice(text.lastIndexOf("\n\n") + 2) : "";
  const hasTrailers = last !== "" && last.split("\n").every((line) => /^[A-Za-z][A-Za-z0-9-]*: \S/.test(line));
  return `${text}${hasTrailers ? "\n" : "\n\n"}${trailer}: ${automation} ${key}\n`;
}

/** The trailer of a message; undefined where there is none. Pure. */
export function readTrailer(message: string): PlanTrailer | undefined {
  const line = message.trimEnd().split("\n").at(-1) ?? "";
  const [, automation = "", key = ""] = /^Eddy-Automation: (\S+) ([0-9a-f]{16})$/.exec(line) ?? [];
  return key === "" ? undefined : { automation, key };
}
