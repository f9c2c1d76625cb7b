import { GitError } from "../errors.ts";
import { isSafeName, objectId, type GitObject } from "../object.ts";

/** Objects that the remote does not have, by id. */
export type NewObjects = Map<string, GitObject>;

/** Reads a tree object as it is stored. */
export type ReadTree = (oid: string) => Buffer;

/** What stands at a name; `name` holds the name's bytes as Latin-1, so that order and bytes are Git's own. */
interface RawEntry {
  readonly mode: string;
  readonly name: string;
  readonly oid: string;
}

interface Change {
  readonly path: string;
  readonly steps: readonly string[];
  readonly content: Uint8Array | null;
}

const folderMode = "40000";
const modesOfFiles: readonly string[] = ["100644", "100755", "100664"];

/**
 * The id of a tree with some files changed, and the objects that are new; undefined when nothing is left. Entries that are not
 * named keep mode and id; a changed file keeps its mode.
 * @throws GitError `unsafe` for a path that is none, or leads through a link, a submodule or a file
 */
export function buildTree(
  base: string | undefined,
  files: Iterable<readonly [path: string, content: string | Uint8Array | null]>,
  readTree: ReadTree,
  objects: NewObjects,
): string | undefined {
  const changes = Array.from(files, ([path, content]): Change => ({
    path,
    steps: stepsOf(path),
    content: content === null ? null : Buffer.from(content),
  }));
  return buildFolder(base, changes, 0, readTree, objects);
}

function stepsOf(path: string): string[] {
  const steps = path.split("/");
  if (!steps.every(isSafeName)) throw new GitError("unsafe", `write ${JSON.stringify(path)}: it is no path in a tree`);
  return steps.map((step) => Buffer.from(step).toString("latin1"));
}

function buildFolder(
  base: string | undefined,
  changes: readonly Change[],
  depth: number,
  readTree: ReadTree,
  objects: NewObjects,
): string | undefined {
  const entries = new Map((base === undefined ? [] : parseEntries(readTree(base))).map((entry) => [entry.name, entry]));
  for (const [name, inside] of Map.groupBy(changes, ({ steps }) => steps[depth] ?? "")) {
    const old = entries.get(name);
    const isFile = inside.every(({ steps }) => steps.length === depth + 1);
    const entry = isFile
      ? buildFile(old, name, inside, objects)
      : buildBelow(old, name, inside, depth, readTree, objects);
    if (entry === undefined) entries.delete(name);
    else entries.set(name, entry);
  }
  if (entries.size === 0) return undefined;
  return remember(objects, { type: "tree", data: encodeEntries([...entries.values()]) });
}

function buildFile(
  old: RawEntry | undefined,
  name: string,
  changes: readonly Change[],
  objects: NewObjects,
): RawEntry | undefined {
  const change = changes.at(-1) as Change;
  if (old !== undefined && !modesOfFiles.includes(old.mode)) throw blocked(change, old);
  if (change.content === null) return undefined;
  const oid = remember(objects, { type: "blob", data: Buffer.from(change.content) });
  return { mode: old?.mode ?? "100644", name, oid };
}

function buildBelow(
  old: RawEntry | undefined,
  name: string,
  changes: readonly Change[],
  depth: number,
  readTree: ReadTree,
  objects: NewObjects,
): RawEntry | undefined {
  const [first] = changes as [Change, ...Change[]];
  const file = changes.find(({ steps }) => steps.length === depth + 1);
  if (file !== undefined) throw new GitError("unsafe", `write ${JSON.stringify(file.path)}: it is a file and a folder`);
  if (old !== undefined && old.mode !== folderMode) throw blocked(first, old);
  const oid = buildFolder(old?.oid, changes, depth + 1, readTree, objects);
  return oid === undefined ? undefined : { mode: folderMode, name, oid };
}

function blocked({ path }: Change, { mode, name }: RawEntry): GitError {
  const what = { "120000": "a symbolic link", "160000": "a submodule", [folderMode]: "a folder" }[mode] ?? "a file";
  const shown = JSON.stringify(Buffer.from(name, "latin1").toString());
  return new GitError("unsafe", `write ${JSON.stringify(path)}: ${shown} is ${what}`);
}

/** Adds an object, and gives its id. */
export function remember(objects: NewObjects, object: GitObject): string {
  const oid = objectId(object.type, object.data);
  objects.set(oid, object);
  return oid;
}

function parseEntries(data: Buffer): RawEntry[] {
  const entries: RawEntry[] = [];
  for (let at = 0; at < data.length;) {
    const space = data.indexOf(0x20, at);
    const nul = data.indexOf(0, space);
    const mode = data.toString("latin1", at, space);
    entries.push({ mode, name: data.toString("latin1", space + 1, nul), oid: data.toString("hex", nul + 1, nul + 21) });
    at = nul + 21;
  }
  return entries;
}

/** In Git's order: by bytes, a folder as if a slash stood behind its name. */
function encodeEntries(entries: readonly RawEntry[]): Buffer {
  const keyOf = ({ mode, name }: RawEntry): string => (mode === folderMode ? `${name}/` : name);
  const sorted = entries.toSorted((left, right) => (keyOf(left) < keyOf(right) ? -1 : 1));
  return Buffer.concat(
    sorted.flatMap(({ mode, name, oid }) => [Buffer.from(`${mode} ${name}\0`, "latin1"), Buffer.from(oid, "hex")]),
  );
}
