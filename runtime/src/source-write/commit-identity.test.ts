import { expect, test } from "vitest";
import type { GitRepository } from "@eddy/api";
import { committerOf } from "./commit-identity.ts";

function committer(text: string): unknown {
  const metadata = { name: "a", namespace: "b", annotations: { "eddy.sh/committer": text } };
  return committerOf({ metadata } as unknown as GitRepository);
}

test.each([
  [" A B  <a@b> ", { name: "A B", email: "a@b" }],
  ["<a@b>", { name: "", email: "a@b" }],
])("%j commits as %j", (text, want) => expect(committer(text)).toEqual(want));

test.each(["A", "A <a>", "A <@b>", "A <a@>", "A\nB <a@b>", `A${" ".repeat(1_000_000)}B`, `A <${"a@".repeat(500_000)}`])(
  "%.20j is nobody",
  (text) => expect(() => committer(text)).toThrow('want "Name <address>"'),
);
