/** A run of YAML documents that were encrypted together, or are not encrypted. */
export interface StreamPart {
  text: string;
  isEncrypted: boolean;
}

const separator = /^---(?=[ \t\r\n]|$)/m;
const mac = /^sops:[ \t]*(?:#.*)?\r?\n(?:(?:[ \t].*|[ \t]*)\r?\n)*?[ \t]+["']?mac["']?:[ \t]*(\S.*?)[ \t]*$/m;

/**
 * The parts of a YAML stream: files are joined by hand out of encrypted and plain ones, and each encrypted part has a MAC of
 * its own, which all its documents repeat. `isLeft` says of a document that it is to stay as it is.
 */
export function splitYamlStream(text: string, isLeft: (document: string) => boolean = () => false): StreamPart[] {
  const parts: (StreamPart & { mac: string | undefined })[] = [];
  for (const document of documentsOf(text)) {
    const own = isLeft(document) ? undefined : mac.exec(document)?.[1];
    const last = parts.at(-1);
    if (last && last.mac === own) last.text += document;
    else parts.push({ text: document, isEncrypted: own !== undefined, mac: own });
  }
  return parts.map((part) => ({ text: part.text, isEncrypted: part.isEncrypted }));
}

/** Documents with the separators before them, so that joining them gives the text. */
function documentsOf(text: string): string[] {
  const starts = [0, ...Array.from(text.matchAll(new RegExp(separator, "gm")), ({ index }) => index)];
  const unique = [...new Set(starts)];
  return unique.map((start, index) => text.slice(start, unique[index + 1])).filter((document) => document !== "");
}
