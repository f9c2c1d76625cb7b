import { trimRight } from "@eddy/core/trim";
import { Buffer } from "node:buffer";
import { KustomizeError } from "../error.ts";
import type { Loader } from "../load/loader.ts";
import type { GeneratorArgs } from "../model/kustomization.ts";

/** Reads the pairs of a generator. Keys may not repeat. @throws KustomizeError with the file or literal at fault */
export function readKeyValues(loader: Loader, args: GeneratorArgs): Map<string, Buffer> {
  const pairs = new Map<string, Buffer>();
  const add = (key: string, value: Buffer): void => {
    if (pairs.has(key)) {
      throw new KustomizeError(`configmap ${args.name ?? ""} illegally repeats the key \`${key}\``, {
        position: { file: loader.root, field: key },
      });
    }
    pairs.set(key, value);
  };
  for (const path of args.envs ?? []) readEnvFile(loader, path, add);
  for (const literal of args.literals ?? []) add(...parseLiteral(literal));
  for (const source of args.files ?? []) {
    const { key, path } = parseFileSource(source);
    add(key, Buffer.from(loader.loadBytes(path).bytes));
  }
  return pairs;
}

function readEnvFile(loader: Loader, path: string, add: (key: string, value: Buffer) => void): void {
  const { bytes, file } = loader.loadBytes(path);
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new KustomizeError(`read "${file}": it has invalid UTF-8`, { position: { file }, cause });
  }
  for (const line of text.split("\n")) {
    const trimmed = line.replace(/\r$/, "").trimStart();
    if (trimmed === "" || trimmed.startsWith("#")) continue;
    const equals = trimmed.indexOf("=");
    const [key, value] = equals < 0 ? [trimmed, ""] : [trimmed.slice(0, equals), trimmed.slice(equals + 1)];
    if (key !== "") add(key, Buffer.from(value));
  }
}

function parseLiteral(source: string): [key: string, value: Buffer] {
  const equals = source.indexOf("=");
  if (equals <= 0)
    throw new KustomizeError(`invalid literal source ${source}, expected key=value`, {
      position: { field: "literals" },
    });
  return [source.slice(0, equals), Buffer.from(unquote(source.slice(equals + 1)))];
}

function unquote(text: string): string {
  const isQuoted = text.length >= 2 && text[0] === text.at(-1) && (text[0] === '"' || text[0] === "'");
  return isQuoted ? text.slice(1, -1) : text;
}

/** Splits `key=path`; without a key the file's name is the key. @throws KustomizeError */
export function parseFileSource(source: string): { key: string; path: string } {
  const parts = source.split("=");
  const [key = "", path = ""] = parts;
  const position = { position: { field: "files" } };
  if (parts.length === 1) return { key: baseName(source), path: source };
  if (parts.length > 2) throw new KustomizeError(`source "${source}" key name or file path contains '='`, position);
  if (key === "") throw new KustomizeError(`missing key name for file path "${path}" in source "${source}"`, position);
  if (path === "") throw new KustomizeError(`missing file path for key name "${key}" in source "${source}"`, position);
  return { key, path };
}

function baseName(path: string): string {
  const trimmed = trimRight(path, "/");
  return trimmed.slice(trimmed.lastIndexOf("/") + 1);
}
