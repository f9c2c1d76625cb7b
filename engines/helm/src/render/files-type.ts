import { dump } from "@eddy/goyaml";
import { decodeGoString, goMethod, type GoType, namedType, tag } from "@eddy/gotemplate";
import type { ChartFile } from "../chart/chart.ts";
import { compileGlob } from "./glob.ts";

type Files = Record<string, Uint8Array>;

/** `.Files` of these files. */
export function filesObject(files: readonly ChartFile[]): Files {
  const byName: Files = Object.create(null) as Files;
  for (const { name, data } of files) byName[name] = data;
  return tag(byName, filesType);
}

function contentOf(files: Files, name: string): Uint8Array {
  return files[name] ?? new Uint8Array();
}

function glob(files: Files, pattern: string): Files {
  const matches = compileGlob(pattern);
  const found: Files = Object.create(null) as Files;
  for (const name of Object.keys(files)) if (matches(name)) found[name] = files[name] as Uint8Array;
  return tag(found, filesType);
}

function byBase(files: Files, show: (data: Uint8Array) => string): string {
  const shown: Record<string, string> = {};
  for (const name of Object.keys(files).sort()) {
    shown[name.slice(name.lastIndexOf("/") + 1)] = show(files[name] as Uint8Array);
  }
  return dump(shown).replace(/\n$/, "");
}

function lines(files: Files, name: string): string[] {
  const text = decodeGoString(contentOf(files, name));
  if (text === "") return [];
  return (text.endsWith("\n") ? text.slice(0, -1) : text).split("\n");
}

const filesType: GoType = namedType("engine.files", "map[string][]uint8", {
  methods: {
    Get: goMethod(["string"], "string", (_, files: Files, name) => decodeGoString(contentOf(files, name))),
    GetBytes: goMethod(["string"], "[]byte", (_, files: Files, name) => contentOf(files, name)),
    Glob: goMethod(["string"], "any", (_, files: Files, pattern) => glob(files, pattern)),
    AsConfig: goMethod([], "string", (_, files: Files) => byBase(files, decodeGoString)),
    AsSecrets: goMethod([], "string", (_, files: Files) =>
      byBase(files, (data) => Buffer.from(data).toString("base64")),
    ),
    Lines: goMethod(["string"], "[]string", (_, files: Files, name) => lines(files, name)),
  },
});
