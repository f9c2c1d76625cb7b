import { trimRight } from "@eddy/core/trim";
import { type FunctionTable, goFunction } from "../function.ts";

/** The shortest path that means the same: no `.`, no `//`, `..` resolved as far as it goes. Source: Go's path.Clean. */
export function cleanPath(path: string): string {
  if (path === "") return ".";
  const isRooted = path.startsWith("/");
  const parts: string[] = [];
  for (const part of path.split("/")) {
    if (part === "" || part === ".") continue;
    if (part !== "..") parts.push(part);
    else if (parts.length > 0 && parts.at(-1) !== "..") parts.pop();
    else if (!isRooted) parts.push("..");
  }
  return (isRooted ? "/" : "") + parts.join("/") || ".";
}

function baseName(path: string): string {
  if (path === "") return ".";
  const trimmed = trimRight(path, "/");
  return trimmed === "" ? "/" : trimmed.slice(trimmed.lastIndexOf("/") + 1);
}

function extension(path: string): string {
  const name = path.slice(path.lastIndexOf("/") + 1);
  const dot = name.lastIndexOf(".");
  return dot < 0 ? "" : name.slice(dot);
}

const base = goFunction(["string"], "string", (_, path) => baseName(path));
const clean = goFunction(["string"], "string", (_, path) => cleanPath(path));
const dir = goFunction(["string"], "string", (_, path) => cleanPath(path.slice(0, path.lastIndexOf("/") + 1)));
const ext = goFunction(["string"], "string", (_, path) => extension(path));
const isAbs = goFunction(["string"], "bool", (_, path) => path.startsWith("/"));

/** Functions on paths with slashes; the system's (`os…`) are those of Linux, where Helm's controllers run. */
export const pathFunctions: FunctionTable = {
  base,
  clean,
  dir,
  ext,
  isAbs,
  osBase: base,
  osClean: clean,
  osDir: dir,
  osExt: ext,
  osIsAbs: isAbs,
};
