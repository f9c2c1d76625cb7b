import { Buffer } from "node:buffer";
import { readElements, type DerElement } from "@eddy/core/der";
import { signatureError } from "../signature-error.ts";

const names: Readonly<Record<string, string>> = {
  "2.5.4.6": "C",
  "2.5.4.10": "O",
  "2.5.4.11": "OU",
  "2.5.4.3": "CN",
  "2.5.4.5": "SERIALNUMBER",
  "2.5.4.7": "L",
  "2.5.4.8": "ST",
  "2.5.4.9": "STREET",
  "2.5.4.17": "POSTALCODE",
};
/** In which Go writes what it knows, first to last. */
const order = ["SERIALNUMBER", "CN", "OU", "O", "POSTALCODE", "STREET", "L", "ST", "C"];

/** A name of a certificate as Go's `pkix.Name` prints it: `CN=web,O=Acme,ST=WA,C=US`. */
export function formatName(name: Uint8Array): string {
  const known = new Map<string, string[]>();
  const others: string[] = [];
  for (const { oid, value } of attributesOf(name)) {
    const type = names[oid];
    if (type === undefined) others.push(`${oid}=#${Buffer.from(value.whole).toString("hex")}`);
    else known.set(type, [...(known.get(type) ?? []), escapeValue(Buffer.from(value.content).toString("utf8"))]);
  }
  const texts = order.flatMap((type) => {
    const values = known.get(type);
    return values ? [values.map((value) => `${type}=${value}`).join("+")] : [];
  });
  return [...texts, ...others.reverse()].join(",");
}

function attributesOf(name: Uint8Array): { oid: string; value: DerElement }[] {
  const sets = readElements(readElements(name)?.[0]?.content ?? name) ?? [];
  return sets.flatMap((set) =>
    (readElements(set.content) ?? []).flatMap((pair) => {
      const [type, value] = readElements(pair.content) ?? [];
      return type && value ? [{ oid: formatOid(type.content), value }] : [];
    }),
  );
}

/** An object identifier in dots. */
export function formatOid(content: Uint8Array): string {
  const arcs: number[] = [];
  let arc = 0;
  for (const byte of content) {
    arc = arc * 128 + (byte & 0x7f);
    if (byte >= 0x80) continue;
    if (arcs.length === 0) arcs.push(Math.min(2, Math.floor(arc / 40)), arc - Math.min(2, Math.floor(arc / 40)) * 40);
    else arcs.push(arc);
    arc = 0;
  }
  return arcs.join(".");
}

/** Source: RFC 4514, as Go's `pkix.RDNSequence.String` has it. */
function escapeValue(text: string): string {
  return text
    .replace(/[,+"\\<>;]/g, "\\$&")
    .replace(/^[# ]/, "\\$&")
    .replace(/(?<=.) $/, "\\ ");
}

const maxNameLength = 4_096;

/** The attributes of a distinguished name by their types. */
export type DistinguishedName = ReadonlyMap<string, string>;

/**
 * Reads `C=US, ST=WA, O=Acme, CN=web`: each type once, and C, ST (or S) and O among them.
 * Source: notation-go `internal/pkix`.
 * @throws EddyError SIGNATURE_IDENTITY (terminal) in notation's words
 */
export function parseDistinguishedName(text: string): DistinguishedName {
  const quoted = JSON.stringify(text);
  if (text.includes("=#"))
    throw invalid(
      `unsupported distinguished name (DN) ${quoted}: notation does not support x509.subject identities containing "=#"`,
    );
  const attributes = new Map<string, string>();
  for (const part of splitName(text, quoted)) {
    const type = part.type === "S" ? "ST" : part.type;
    if (attributes.get(type))
      throw invalid(
        `distinguished name (DN) ${quoted} has duplicate RDN attribute for ${JSON.stringify(type)}, DN can only have unique RDN attributes`,
      );
    attributes.set(type, part.value);
  }
  for (const type of ["C", "ST", "O"])
    if (!attributes.get(type))
      throw invalid(
        `distinguished name (DN) ${quoted} has no mandatory RDN attribute for ${JSON.stringify(type)}, it must contain 'C', 'ST' or 'S', and 'O' RDN attributes at a minimum`,
      );
  return attributes;
}

function splitName(text: string, quoted: string): { type: string; value: string }[] {
  if (text.length > maxNameLength) throw invalid(`distinguished name (DN) has more than ${maxNameLength} characters`);
  const parts: { type: string; value: string }[] = [];
  let start = 0;
  for (let at = 0; at <= text.length; at++) {
    const char = text[at];
    if (char === "\\") at++;
    if (char === "+")
      throw invalid(
        `distinguished name (DN) ${quoted} has multi-valued RDN attributes, remove multi-valued RDN attributes as they are not supported`,
      );
    if (char !== undefined && char !== "," && char !== ";") continue;
    const [type, value] = splitOnce(text.slice(start, at));
    if (type.trim() === "" || value === undefined)
      throw invalid(
        `parsing distinguished name (DN) ${quoted} failed with err: DN ended with incomplete type, value pair. A valid DN must contain 'C', 'ST' or 'S', and 'O' RDN attributes at a minimum, and follow RFC 4514 standard`,
      );
    parts.push({ type: type.trim(), value: unescapeValue(value) });
    start = at + 1;
  }
  return parts;
}

function splitOnce(text: string): [string, string?] {
  const at = text.indexOf("=");
  return at < 0 ? [text] : [text.slice(0, at), text.slice(at + 1)];
}

/** Spaces around a value are not of it, unless they are escaped. */
function unescapeValue(raw: string): string {
  let end = raw.length;
  while (raw[end - 1] === " " && raw[end - 2] !== "\\") end--;
  let start = 0;
  while (start < end && raw[start] === " ") start++;
  const bytes = raw
    .slice(start, end)
    .replace(/(?:\\[0-9a-fA-F]{2})+/g, (pairs) => Buffer.from(pairs.replaceAll("\\", ""), "hex").toString("utf8"));
  return bytes.replace(/\\([\s\S])/g, "$1");
}

/** Whether everything that `wanted` names is so in `name`. */
export function isSubsetName(wanted: DistinguishedName, name: DistinguishedName): boolean {
  return [...wanted].every(([type, value]) => (name.get(type) ?? "") === value);
}

function invalid(message: string): Error {
  return signatureError("SIGNATURE_IDENTITY", message);
}
