import { Buffer } from "node:buffer";
import { quoteGoString } from "../fmt/quote.ts";
import { decodeGoString, encodeGoString } from "../value/go-string.ts";
import { CallError } from "./call-error.ts";
import { parseIp } from "./parse-ip.ts";

/** A URL in its parts, none of them escaped but `query`. Source: Go's net/url. */
export interface GoUrl {
  scheme: string;
  opaque: string;
  user: UserInfo | undefined;
  host: string;
  path: string;
  query: string;
  fragment: string;
}

/** Name and, where there was a colon, password. */
export interface UserInfo {
  readonly name: string;
  readonly password: string | undefined;
}

type Place = "path" | "host" | "zone" | "user" | "fragment";

const unreserved = "A-Za-z0-9\\-_.~";

/** What may stand unescaped. */
const allowed: Readonly<Record<Place, RegExp>> = {
  path: new RegExp(`^[${unreserved}$&+,/:;=@]$`),
  host: new RegExp(`^[${unreserved}!$&'()*+,;=:\\[\\]<>"]$`),
  zone: new RegExp(`^[${unreserved}!$&'()*+,;=:\\[\\]<>"]$`),
  user: new RegExp(`^[${unreserved}$&+,;=]$`),
  fragment: new RegExp(`^[${unreserved}$&+,/:;=?@!()*]$`),
};

function isHex(text: string): boolean {
  return /^[0-9a-fA-F]{2}$/.test(text);
}

function badEscape(text: string): CallError {
  return new CallError(`invalid URL escape ${quoteGoString(text)}`);
}

function unescape(text: string, place: Place): string {
  const raw = Buffer.from(encodeGoString(text)).toString("latin1");
  const isInHost = place === "host" || place === "zone";
  const bytes = raw.replace(/%(.{0,2})|[^%]/gs, (found: string, digits: string | undefined) => {
    if (digits === undefined) {
      if (isInHost && found < "\u0080" && !allowed.host.test(found)) {
        throw new CallError(`invalid character ${quoteGoString(found)} in host name`);
      }
      return found;
    }
    if (!isHex(digits)) throw badEscape(decodeGoString(Buffer.from(found, "latin1")));
    const char = String.fromCharCode(Number.parseInt(digits, 16));
    // Hosts may have escapes of characters beyond ASCII only.
    if (place === "host" && char < "\u0080" && found !== "%25") throw badEscape(found);
    if (place === "zone" && found !== "%25" && char !== " " && !allowed.host.test(char)) throw badEscape(found);
    return char;
  });
  return decodeGoString(Buffer.from(bytes, "latin1"));
}

function escape(text: string, place: Place): string {
  const raw = Buffer.from(encodeGoString(text)).toString("latin1");
  return Array.from(raw, (char) =>
    allowed[place].test(char) ? char : `%${char.charCodeAt(0).toString(16).toUpperCase().padStart(2, "0")}`,
  ).join("");
}

function cut(text: string, separator: string): [before: string, after: string] {
  const at = text.indexOf(separator);
  return at < 0 ? [text, ""] : [text.slice(0, at), text.slice(at + 1)];
}

/**
 * The parts of a URL.
 * @throws CallError with Go's words
 */
export function parseUrl(text: string): GoUrl {
  const [withoutFragment, fragment] = cut(text, "#");
  const url = explain(withoutFragment, () => parseParts(withoutFragment));
  if (fragment !== "") url.fragment = explain(text, () => unescape(fragment, "fragment"));
  return url;
}

function explain<Value>(text: string, parse: () => Value): Value {
  try {
    return parse();
  } catch (error) {
    if (error instanceof CallError) throw new CallError(`parse ${quoteGoString(text)}: ${error.message}`);
    throw error;
  }
}

function splitScheme(text: string): [scheme: string, rest: string] {
  if (text.startsWith(":")) throw new CallError("missing protocol scheme");
  const match = /^([A-Za-z][A-Za-z0-9+.-]*):/.exec(text);
  return match === null ? ["", text] : [(match[1] as string).toLowerCase(), text.slice(match[0].length)];
}

function parseParts(text: string): GoUrl {
  // oxlint-disable-next-line no-control-regex -- control characters are what is refused
  if (/[\u0000-\u001f\u007f]/.test(text)) throw new CallError("net/url: invalid control character in URL");
  const url: GoUrl = { scheme: "", opaque: "", user: undefined, host: "", path: "", query: "", fragment: "" };
  if (text === "*") return { ...url, path: "*" };
  const [scheme, afterScheme] = splitScheme(text);
  url.scheme = scheme;
  let [rest, query] = cut(afterScheme, "?");
  url.query = query;
  if (!rest.startsWith("/")) {
    if (scheme !== "") return { ...url, opaque: rest };
    if (cut(rest, "/")[0].includes(":")) throw new CallError("first path segment in URL cannot contain colon");
  }
  if (rest.startsWith("//") && (scheme !== "" || !rest.startsWith("///"))) {
    const authority = cut(rest.slice(2), "/")[0];
    rest = rest.slice(2 + authority.length);
    Object.assign(url, parseAuthority(scheme, authority));
  }
  url.path = unescape(rest, "path");
  return url;
}

const userText = /^[A-Za-z0-9\-._:~!$&'()*+,;=%@]*$/;

function parseAuthority(scheme: string, authority: string): Pick<GoUrl, "user" | "host"> {
  const at = authority.lastIndexOf("@");
  const host = parseHost(scheme, authority.slice(at + 1));
  if (at < 0) return { user: undefined, host };
  const user = authority.slice(0, at);
  if (!userText.test(user)) throw new CallError("net/url: invalid userinfo");
  const [name, password] = cut(user, ":");
  return {
    host,
    user: {
      name: unescape(name, "user"),
      password: user.includes(":") ? unescape(password, "user") : undefined,
    },
  };
}

function checkPort(port: string): void {
  if (!/^(?::[0-9]*)?$/.test(port)) throw new CallError(`invalid port ${quoteGoString(port)} after host`);
}

function parseHost(scheme: string, host: string): string {
  const bracket = host.lastIndexOf("[");
  if (bracket > 0) throw new CallError("invalid IP-literal");
  if (bracket === 0) return parseBracketed(host);
  const colon = scheme === "http" || scheme === "https" ? host.indexOf(":") : host.lastIndexOf(":");
  if (colon >= 0) checkPort(host.slice(colon));
  return unescape(host, "host");
}

function parseBracketed(host: string): string {
  const end = host.lastIndexOf("]");
  if (end < 0) throw new CallError("missing ']' in host");
  const port = host.slice(end + 1);
  checkPort(port);
  const name = host.slice(1, end);
  const zone = name.indexOf("%25");
  const address = unescape(zone < 0 ? name : name.slice(0, zone), "host");
  const whole = address + (zone < 0 ? "" : unescape(name.slice(zone), "zone"));
  checkAddress(whole);
  return `[${whole}]${port}`;
}

/** Source: netip.ParseAddr, whose reasons are more. */
function checkAddress(text: string): void {
  const [address, zone] = cut(text, "%");
  const parsed = address.includes(":") ? parseIp(address) : undefined;
  if (parseIp(text) !== undefined && !text.includes(":")) throw new CallError("invalid IP-literal");
  const shown = `invalid host: ParseAddr(${quoteGoString(text)})`;
  if (parsed === undefined) throw new CallError(`${shown}: unable to parse IP`);
  if (text.includes("%") && zone === "") throw new CallError(`${shown}: zone must be a non-empty string`);
}

/** User and password, escaped. */
export function formatUser(user: UserInfo | undefined): string {
  if (user === undefined) return "";
  const name = escape(user.name, "user");
  return user.password === undefined ? name : `${name}:${escape(user.password, "user")}`;
}

/** The host without port and brackets. Source: Go's URL.Hostname. */
export function hostnameOf(host: string): string {
  const name = host.replace(/:[0-9]*$/, "");
  return name.startsWith("[") && name.endsWith("]") ? name.slice(1, -1) : name;
}

/** A URL as text. Source: Go's URL.String. */
export function formatUrl({ scheme, opaque, user, host, path, query, fragment }: GoUrl): string {
  let text = scheme === "" ? "" : `${scheme}:`;
  if (opaque === "") {
    if (host !== "" || user !== undefined || (scheme !== "" && path !== "")) text += "//";
    if (user !== undefined) text += `${formatUser(user)}@`;
    text += escape(host, "host");
    const escaped = path === "*" ? "*" : escape(path, "path");
    if (escaped !== "" && !escaped.startsWith("/") && host !== "") text += "/";
    if (text === "" && cut(escaped, "/")[0].includes(":")) text += "./";
    text += escaped;
  } else text += opaque;
  if (query !== "") text += `?${query}`;
  return fragment === "" ? text : `${text}#${escape(fragment, "fragment")}`;
}
