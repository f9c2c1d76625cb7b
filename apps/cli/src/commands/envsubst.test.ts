import { expect, test } from "vitest";
import { runWords } from "../testing/cli-bed.ts";

const env = { REGION: "eu-central-1" };

test.each([
  ["a: ${REGION}\nb: ${ZONE:=a}\nc: $REGION $${REGION}", "a: eu-central-1\nb: a\nc: $REGION ${REGION}\n"],
  ["no newline at the end", "no newline at the end\n"],
  ["crlf: ${REGION}\r\n", "crlf: eu-central-1\n"],
  ["missing: ${ZONE}!\n", "missing: !\n"],
  ["", ""],
])("%j", async (stdin, want) => {
  const { code, stdout } = await runWords(["envsubst"], { env, stdin });
  expect({ code, stdout }).toEqual({ code: 0, stdout: want });
});

test.each([
  [["envsubst", "--strict"], "a: b\nz: ${ZONE}\n", 'stdin:2: variable not set (strict mode): "ZONE"'],
  [["envsubst"], "a: ${\n", "stdin:1: "],
])("%j says in which line", async (words, stdin, want) => {
  const { code, stderr } = await runWords(words, { env, stdin });
  expect(code).toBe(1);
  expect(stderr).toContain(want);
});
