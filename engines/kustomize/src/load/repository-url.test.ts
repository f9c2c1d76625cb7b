import { expect, test } from "vitest";
import { parseRepositoryUrl } from "./repository-url.ts";

test.each([
  ["https://github.com/org/repo//path?ref=v1", "https://github.com/org/repo", "path", "v1"],
  ["github.com/org/repo/path/deep", "https://github.com/org/repo", "path/deep", ""],
  ["git@github.com:org/repo.git//path?ref=main", "git@github.com:org/repo.git", "path", "main"],
  ["ssh://git@host.example:22/org/repo.git/path", "ssh://git@host.example:22/org/repo.git", "path", ""],
  [
    "https://dev.azure.com/org/project/_git/repo/path?version=x",
    "https://dev.azure.com/org/project/_git/repo",
    "path",
    "x",
  ],
  ["https://host.example/org/repo", "https://host.example/org/repo", "", ""],
  ["file:///srv/repo.git//path", "file:///srv/repo.git", "path", ""],
])("%s", (url, repository, path, ref) => {
  expect(parseRepositoryUrl(url)).toEqual({
    repository: expect.stringContaining(repository.replace(/\.git$/, "")),
    path,
    ref,
    timeoutMs: 27_000,
    submodules: true,
  });
});

test.each(["../base", "base", "/abs/path", "dir/file.yaml", "https://host.example/one", "github.com/org/repo//../out"])(
  "%s is no repository",
  (text) => expect(parseRepositoryUrl(text)).toBeUndefined(),
);

test.each([
  ["ref=a&ref=b", { ref: "a" }],
  ["version=a&ref=b", { ref: "b" }],
  ["version=a&ref=", { ref: "a" }],
  ["ref=a%2Fb+c", { ref: "a/b c" }],
  ["ref=a;x&timeout=5", { ref: "", timeoutMs: 27_000 }],
  ["ref=%zz&submodules=0", { ref: "", submodules: true }],
  ["timeout=61", { timeoutMs: 61_000 }],
  ["timeout=1m1s", { timeoutMs: 61_000 }],
  ["timeout=-1", { timeoutMs: 27_000 }],
  ["timeout=soon", { timeoutMs: 27_000 }],
  ["timeout=99999999h", { timeoutMs: 27_000 }],
  ["timeout=999999h", { timeoutMs: 2 ** 31 - 1 }],
  ["submodules=false", { submodules: false }],
  ["submodules=no", { submodules: true }],
])("?%s", (query, want) => {
  expect(parseRepositoryUrl(`https://host.example/org/repo//path?${query}`)).toMatchObject({ path: "path", ...want });
});
