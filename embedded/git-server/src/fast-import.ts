import type { GitFiles } from "./server.ts";

/** One commit to be written. */
export interface ImportCommit {
  branch: string;
  /** The branch's present commit, absent for a new history. */
  parent: string | undefined;
  author: string;
  /** Milliseconds since the epoch. */
  date: number;
  message: string;
  files: GitFiles;
}

/** The commit as a stream for `git fast-import`. The same commit gives the same bytes. */
export function encodeImport(commit: ImportCommit): Buffer {
  const when = `${Math.floor(commit.date / 1000)} +0000`;
  const parts: (string | Uint8Array)[] = [
    "feature done\n",
    // With no parent the old commits must not be inherited.
    commit.parent === undefined ? `reset refs/heads/${commit.branch}\n` : "",
    `commit refs/heads/${commit.branch}\nauthor ${commit.author} ${when}\ncommitter ${commit.author} ${when}\n`,
    ...data(commit.message),
    commit.parent === undefined ? "" : `from ${commit.parent}\n`,
  ];
  for (const [path, value] of Object.entries(commit.files)) {
    const quoted = quotePath(path);
    if (value === null) parts.push(`D ${quoted}\n`);
    else {
      const { mode, content } = modeOf(value);
      parts.push(`M ${mode} inline ${quoted}\n`, ...data(content));
    }
  }
  parts.push("\ndone\n");
  return Buffer.concat(parts.map((part) => Buffer.from(part)));
}

function modeOf(value: Exclude<GitFiles[string], null>): { mode: string; content: string | Uint8Array } {
  if (typeof value === "string" || value instanceof Uint8Array) return { mode: "100644", content: value };
  if ("link" in value) return { mode: "120000", content: value.link };
  return { mode: value.executable ? "100755" : "100644", content: value.content };
}

function data(content: string | Uint8Array): (string | Uint8Array)[] {
  const bytes = Buffer.from(content);
  return [`data ${bytes.length}\n`, bytes, "\n"];
}

function quotePath(path: string): string {
  return `"${path.replace(/[\\"]/g, "\\$&").replaceAll("\n", "\\n")}"`;
}
