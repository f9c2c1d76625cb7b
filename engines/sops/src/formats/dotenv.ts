import { Buffer } from "node:buffer";
import { SopsError } from "../sops-error.ts";
import { Branch, type BranchItem, Comment } from "../tree/tree.ts";
import { scalarText } from "./scalar-text.ts";
import type { Format } from "./format.ts";

/** Lines of `NAME=value`, line feeds in values written `\n`. Source: sops 3.13, stores/dotenv. */
export const dotenvFormat: Format = {
  name: "dotenv",
  metadataPlace: "prefixed",
  parse(bytes, file) {
    const lines = Buffer.from(bytes).toString("utf8").split("\n");
    const items = lines.map((line, index) => (line === "" ? undefined : readLine(line, index + 1, file)));
    return [new Branch(items.filter((item) => item !== undefined))];
  },
  encode(branches) {
    const lines = (branches[0]?.items ?? []).map((item) => {
      if (item instanceof Comment) return `#${item.text}\n`;
      const text =
        typeof item.value === "string"
          ? item.value.replaceAll("\n", "\\n")
          : scalarText(item.value, item.key, "dotenv");
      return `${item.key}=${text}\n`;
    });
    return Buffer.from(lines.join(""));
  },
};

function readLine(line: string, number: number, file: string | undefined): BranchItem {
  if (line.startsWith("#")) return new Comment(line.slice(1));
  const equals = line.indexOf("=");
  if (equals >= 0) return { key: line.slice(0, equals), value: line.slice(equals + 1).replaceAll("\\n", "\n") };
  // The line itself may be a secret: it is not shown.
  throw new SopsError("read dotenv: a line without '=', want NAME=value", {
    code: "SOPS_MALFORMED",
    position: { ...(file === undefined ? {} : { file }), line: number },
  });
}
