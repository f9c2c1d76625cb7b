import type { CommitDraft, GitPerson } from "./change.ts";
import { buildTree, type NewObjects, type ReadTree, remember } from "./build-tree.ts";

/** What a commit stands on. */
export interface CommitBase {
  readonly commit: string;
  readonly tree: string;
}

/** A commit that is ready to be sent. */
export interface BuiltCommit {
  readonly oid: string;
  readonly objects: NewObjects;
}

/** The id of the tree without entries, which every Git knows. */
const emptyTree = "4b825dc642cb6eb9a060e54bf8d69288fbee4904";

/**
 * Makes the objects of one commit: changed blobs, the trees above them, the commit itself, signed when there is a signer.
 * Undefined when the files are as they were. Source: Git's gitformat-signature for `gpgsig`.
 */
export async function buildCommit(
  base: CommitBase | undefined,
  draft: CommitDraft,
  options: { readTree: ReadTree; nowMs: number; sign?: (payload: Uint8Array) => Promise<string> },
): Promise<BuiltCommit | undefined> {
  const objects: NewObjects = new Map();
  const files = draft.files instanceof Map ? draft.files : Object.entries(draft.files);
  const tree = buildTree(base?.tree, files, options.readTree, objects) ?? emptyTree;
  if (tree === (base?.tree ?? emptyTree)) return undefined;
  if (tree === emptyTree) remember(objects, { type: "tree", data: Buffer.alloc(0) });
  const seconds = Math.floor(options.nowMs / 1000);
  const headers = [
    `tree ${tree}`,
    ...(base === undefined ? [] : [`parent ${base.commit}`]),
    `author ${identityOf(draft.author, seconds)}`,
    `committer ${identityOf(draft.committer ?? draft.author, seconds)}`,
  ];
  const body = `\n${draft.message.replaceAll("\0", "")}`;
  const payload = Buffer.from(`${headers.join("\n")}\n${body}`);
  const signature = await options.sign?.(payload);
  const data = signature === undefined ? payload : Buffer.from(`${headers.join("\n")}\n${gpgsig(signature)}${body}`);
  return { oid: remember(objects, { type: "commit", data }), objects };
}

function identityOf({ name, email }: GitPerson, seconds: number): string {
  return `${clean(name)} <${clean(email)}> ${seconds} +0000`.trimStart();
}

/** What an identity line cannot hold. */
function clean(text: string): string {
  return text.replace(/[<>\n\0]/g, "").trim();
}

function gpgsig(signature: string): string {
  return `gpgsig ${signature.trimEnd().replaceAll("\r\n", "\n").replaceAll("\n", "\n ")}\n`;
}
