import { expect, test } from "vitest";
import { openRepository } from "./open-repository.ts";
import { parseSignature } from "./object.ts";
import { sshError } from "./ssh-command.ts";

const many = 1_000_000;

test.each<[name: string, read: () => unknown]>([
  ["an address of many slashes", () => openRepository(`https://example.org/${"/".repeat(many)}a`)],
  ["an author whose address does not end", () => parseSignature("<a".repeat(many))],
  ["what a server says of its key", () => sshError("No ".repeat(many), "example.org")],
])("%s is read in linear time", (_name, read) => expect(read()).toBeDefined());

test("authors are read as before", () => {
  expect(parseSignature("A B <a@b> 5 +0100")).toEqual({ name: "A B", email: "a@b", when: 5_000, offset: "+0100" });
  expect(parseSignature("A  <a<b> 5 +0100")).toMatchObject({ name: "A ", email: "a<b", when: 5_000 });
  expect(parseSignature("nobody")).toEqual({ name: "nobody", email: "", when: 0, offset: "+0000" });
});
