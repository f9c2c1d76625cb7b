import { expect, test } from "vitest";
import { memoryTree } from "@eddy/core/tree";
import type { RemoteLoader } from "@eddy/kustomize";
import { buildWithRemotes } from "./build-with-remotes.ts";
import type { RemoteAnswer, RemoteNeed } from "./remote-sources.ts";
import { needText } from "./remote-sources.ts";

/** Answers every need, and keeps what was needed. */
function fetcher(): { needs: string[]; fetch: (need: RemoteNeed) => Promise<RemoteAnswer> } {
  const needs: string[] = [];
  return {
    needs,
    async fetch(need) {
      needs.push(`${need.kind} ${needText(need)}`);
      if (needText(need).includes("gone")) throw new Error("it is gone");
      return need.kind === "file"
        ? { bytes: new TextEncoder().encode(need.url) }
        : { tree: memoryTree({ ref: need.repository.ref }) };
    },
  };
}

const read = (remote: RemoteLoader, url: string): string => {
  const { tree, path } = remote.repository(url);
  return `${path}@${new TextDecoder().decode(tree.read("ref"))}`;
};

test("fetches each thing once, however many paths there are in it", async () => {
  const { needs, fetch } = fetcher();
  const result = await buildWithRemotes(
    (remote) => [
      read(remote, "https://h.example/o/r//a?ref=v1"),
      read(remote, "https://h.example/o/r//b?ref=v1"),
      read(remote, "https://h.example/o/r//b?ref=v2"),
      new TextDecoder().decode(remote.file("https://h.example/f", 10)),
      remote.file("https://h.example/f", 10).length,
    ],
    fetch,
  );
  expect(result).toEqual(["a@v1", "b@v1", "b@v2", "https://h.example/f", 19]);
  expect(needs).toEqual([
    "repository https://h.example/o/r",
    "repository https://h.example/o/r",
    "file https://h.example/f",
  ]);
});

test("fetches what a build asks for and swallows", async () => {
  const { needs, fetch } = fetcher();
  const result = await buildWithRemotes((remote) => {
    for (const name of ["gone", "here"]) {
      try {
        return remote.file(`https://h.example/${name}`, 1).length;
      } catch {
        // The next one may do.
      }
    }
    return 0;
  }, fetch);
  expect(result).toBe("https://h.example/here".length);
  expect(needs).toEqual(["file https://h.example/gone", "file https://h.example/here"]);
});

test("fails in the build with what failed in fetching", async () => {
  const { fetch } = fetcher();
  await expect(buildWithRemotes((remote) => remote.file("https://h.example/gone", 1), fetch)).rejects.toThrow(
    "it is gone",
  );
  await expect(buildWithRemotes((remote) => remote.repository("base"), fetch)).rejects.toThrow(
    "'base' names no Git repository",
  );
});

test("is bounded", async () => {
  const { needs, fetch } = fetcher();
  let round = 0;
  const endless = (remote: RemoteLoader): number => remote.file(`https://h.example/${round++}`, 1).length;
  await expect(buildWithRemotes(endless, fetch, { maxNeeds: 3 })).rejects.toThrow(
    "fetch 'https://h.example/3': one build may fetch 3 remote files and repositories",
  );
  expect(needs).toHaveLength(3);
});

test("stops when the person does", async () => {
  const { needs, fetch } = fetcher();
  const build = (remote: RemoteLoader): number => remote.file("https://h.example/x", 1).length;
  await expect(buildWithRemotes(build, fetch, { signal: AbortSignal.abort() })).rejects.toThrow(/abort/i);
  expect(needs).toEqual([]);
});
