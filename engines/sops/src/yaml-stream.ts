import { isObject } from "@eddy/core/json";
import { trim } from "@eddy/core/trim";

/** A run of YAML documents that were encrypted together, or are not encrypted. */
export interface StreamPart {
  text: string;
  isEncrypted: boolean;
  /** How it was encrypted: JSON is YAML, too, but its own store wrote it. */
  format: "yaml" | "json";
}

const separator = /^---(?=[ \t\r\n]|$)/m;
const metadata = /^sops:[ \t]*(?:#.*)?$/;
const mac = /^[ \t]+["']?mac["']?:(.*)$/;

/**
 * The parts of a YAML stream: files are joined by hand out of encrypted and plain ones, and each encrypted part has a MAC of
 * its own, which all its documents repeat. `isLeft` says of a document that it is to stay as it is.
 */
export function splitYamlStream(text: string, isLeft: (document: string) => boolean = () => false): StreamPart[] {
  const parts: (StreamPart & { mac: string | undefined })[] = [];
  for (const document of documentsOf(text)) {
    const json = isLeft(document) ? undefined : encryptedJsonOf(document);
    if (json) {
      parts.push({ text: json.text, isEncrypted: true, format: "json", mac: json.mac });
      continue;
    }
    const own = isLeft(document) ? undefined : macOf(document);
    const last = parts.at(-1);
    if (last?.format === "yaml" && last.mac === own) last.text += document;
    else parts.push({ text: document, isEncrypted: own !== undefined, format: "yaml", mac: own });
  }
  return parts.map(({ text: own, isEncrypted, format }) => ({ text: own, isEncrypted, format }));
}

/** A document that is JSON with sops' metadata, without the separator before it. */
function encryptedJsonOf(document: string): { text: string; mac: string } | undefined {
  const text = document.replace(/^---[ \t]*\r?\n/, "");
  if (!/^\s*\{/.test(text) || !text.includes('"sops"')) return undefined;
  try {
    const { sops } = JSON.parse(text) as { sops?: unknown };
    const own = isObject(sops) ? sops["mac"] : undefined;
    return typeof own === "string" ? { text, mac: own } : undefined;
  } catch {
    // YAML in braces.
    return undefined;
  }
}

/** The MAC of the document's `sops` member, without the blanks around it. Line by line: whoever writes the file may write anything. */
function macOf(document: string): string | undefined {
  let isWithin = false;
  for (const each of document.split("\n")) {
    const line = each.endsWith("\r") ? each.slice(0, -1) : each;
    const found = isWithin ? trim(mac.exec(line)?.[1] ?? "", " \t") : "";
    if (found !== "") return found;
    isWithin = metadata.test(line) || (isWithin && /^(?:[ \t]|$)/.test(line));
  }
  return undefined;
}

/** Documents with the separators before them, so that joining them gives the text. */
function documentsOf(text: string): string[] {
  const starts = [0, ...Array.from(text.matchAll(new RegExp(separator, "gm")), ({ index }) => index)];
  const unique = [...new Set(starts)];
  return unique.map((start, index) => text.slice(start, unique[index + 1])).filter((document) => document !== "");
}
