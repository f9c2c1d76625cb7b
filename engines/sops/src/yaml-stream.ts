import { trim } from "@eddy/core/trim";

/** A run of YAML documents that were encrypted together, or are not encrypted. */
export interface StreamPart {
  text: string;
  isEncrypted: boolean;
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
    const own = isLeft(document) ? undefined : macOf(document);
    const last = parts.at(-1);
    if (last && last.mac === own) last.text += document;
    else parts.push({ text: document, isEncrypted: own !== undefined, mac: own });
  }
  return parts.map((part) => ({ text: part.text, isEncrypted: part.isEncrypted }));
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
