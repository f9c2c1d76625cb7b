import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { loadSshFiles } from "./ssh-files.ts";

let home: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), "eddy-home-"));
  mkdirSync(join(home, ".ssh"));
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

test.each([
  [[], {}],
  [["known_hosts"], { knownHosts: "known_hosts" }],
  [["id_rsa", "id_ecdsa", "known_hosts"], { identity: "id_ecdsa", knownHosts: "known_hosts" }],
  [["id_rsa", "id_ed25519"], { identity: "id_ed25519" }],
])("of %j", async (names, want) => {
  for (const name of names) writeFileSync(join(home, ".ssh", name), name);
  expect(await loadSshFiles(home)).toEqual(want);
});

test("without a home nothing is read", async () => {
  expect(await loadSshFiles(undefined)).toEqual({});
});
