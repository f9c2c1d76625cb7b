/**
 * XML as cloud services answer with: elements and text.
 *
 * Attributes, namespaces and document types carry nothing there: attributes are passed over, a document type is refused, so that
 * no entity is ever expanded. Entry points: {@link parseXml}, {@link childText}, {@link escapeXml}.
 */
import { EddyError } from "../errors/index.ts";

/** One element; `name` is without a namespace prefix. `text` is its own, without that of its children. */
export interface XmlElement {
  readonly name: string;
  readonly children: readonly XmlElement[];
  readonly text: string;
}

interface OpenElement {
  readonly name: string;
  readonly children: XmlElement[];
  text: string;
}

const maxDepth = 64;
const token =
  /<!--[\s\S]*?-->|<!\[CDATA\[([\s\S]*?)\]\]>|<\?[\s\S]*?\?>|<\/([^\s>]+)\s*>|<([^\s/>!?]+)(?![^\s/>!?])((?:"[^"]*"|'[^']*'|[^>"'])*)>|<|[^<]+/g;

/**
 * The root element of a document.
 * @throws EddyError INVALID_XML (retry) for what is not well-formed, a document type, or more than 64 levels
 */
export function parseXml(text: string): XmlElement {
  const root: OpenElement = { name: "", children: [], text: "" };
  const open: OpenElement[] = [root];
  for (const match of text.replace(/^\uFEFF/, "").matchAll(token)) {
    const [whole, cdata, closing, opening, rest = ""] = match;
    const top = open.at(-1) ?? root;
    if (cdata !== undefined) top.text += cdata;
    else if (closing !== undefined) {
      if (open.length === 1 || top.name !== localName(closing)) throw invalid(`unexpected </${closing}>`);
      open.pop();
    } else if (opening !== undefined) {
      const element: OpenElement = { name: localName(opening), children: [], text: "" };
      top.children.push(element);
      if (!rest.endsWith("/")) open.push(element);
      if (open.length > maxDepth) throw invalid(`more than ${maxDepth} levels`);
    } else if (whole === "<") throw invalid(isDoctype(match) ? "a document type is not allowed" : "a tag does not end");
    else if (!whole.startsWith("<")) top.text += unescape(whole);
  }
  const [element, second] = root.children;
  if (open.length > 1) throw invalid(`<${open.at(-1)?.name ?? ""}> does not end`);
  if (!element || second || root.text.trim() !== "") throw invalid("want exactly one root element");
  return element;
}

/** The text of the element's first child of this name, or undefined. A path of names leads further down. */
export function childText(element: XmlElement, ...path: readonly string[]): string | undefined {
  let found: XmlElement | undefined = element;
  for (const name of path) found = found?.children.find((child) => child.name === name);
  return found?.text;
}

/** The element's children of this name. */
export function childrenOf(element: XmlElement, name: string): XmlElement[] {
  return element.children.filter((child) => child.name === name);
}

/** Text as it may stand in an element or attribute; what XML cannot hold at all becomes U+FFFD. */
export function escapeXml(text: string): string {
  return text
    .replace(/[\u0000-\u0008\u000B\u000C\u000E-\u001F\uFFFE\uFFFF]/g, "\uFFFD")
    .replace(/[&<>"'\r]/g, (character) => `&#${character.charCodeAt(0)};`);
}

function isDoctype({ input, index }: RegExpExecArray): boolean {
  return input.startsWith("<!DOCTYPE", index);
}

function localName(name: string): string {
  return name.slice(name.indexOf(":") + 1);
}

const named: Readonly<Record<string, string>> = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'" };

function unescape(text: string): string {
  return text.replace(
    /&(?:#x([0-9a-fA-F]{1,6})|#(\d{1,7})|(\w+));?/g,
    (whole, hex?: string, decimal?: string, name?: string) => {
      if (name !== undefined) return named[name] ?? refuseEntity(name);
      const code = hex === undefined ? Number(decimal) : Number.parseInt(hex, 16);
      if (code > 0x10ffff) throw invalid(`${whole} is no character`);
      return String.fromCodePoint(code);
    },
  );
}

function refuseEntity(name: string): never {
  throw invalid(`the entity ${JSON.stringify(name)} is not known`);
}

function invalid(detail: string): EddyError {
  return new EddyError("INVALID_XML", `read XML: ${detail}`);
}
