import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "./source-files.ts";

/**
 * Problems of the table of hostile input in SECURITY.md: a test that it names and that is not there, and counts above it that are
 * not those of its rows. A cell is `` `file` "part of the test's name" ``; a name without a file is of the file before it.
 */
export function checkSecurityTable(): string[] {
  const text = readFileSync(join(root, "SECURITY.md"), "utf8");
  const rows = text.split("\n").filter((line) => /^\| \d+ \|/.test(line));
  const tests = rows.flatMap(testsOf);
  const told = /(\d+) rows, (\d+) tests/.exec(text)?.slice(1).map(Number) ?? [];
  const counts = [rows.length, tests.length];
  return [
    ...tests.flatMap(({ file, name }) => problemOf(file, name)),
    ...(told.join() === counts.join()
      ? []
      : [`SECURITY.md: says ${told.join(", ")}, has ${counts.join(" rows, ")} tests`]),
  ];
}

function testsOf(row: string): { file: string; name: string }[] {
  const shown = row.split(" | ").at(-1) ?? "";
  let file = "";
  return [...shown.matchAll(/(?:`([^`]+)` )?"((?:[^"\\]|\\.)+)"/g)].map(([, named, name = ""]) => {
    file = named ?? file;
    return { file, name };
  });
}

function problemOf(file: string, name: string): string[] {
  const path = join(root, file);
  if (!existsSync(path)) return [`SECURITY.md: no file ${file}`];
  return readFileSync(path, "utf8").includes(name) ? [] : [`SECURITY.md: ${file} has no test "${name}"`];
}
