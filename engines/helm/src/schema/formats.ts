import { isIPv4, isIPv6 } from "./ip-address.ts";
import { isPattern } from "./patterns.ts";

/** Says what is wrong with a text of a format, or nothing. */
type Format = (text: string) => string | undefined;

function matching(expression: RegExp, problem: string): Format {
  return (text) => (expression.test(text) ? undefined : problem);
}

const label = /^[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?$/;

function hostname(text: string): string | undefined {
  const name = text.endsWith(".") ? text.slice(0, -1) : text;
  if (name.length > 253) return "more than 253 characters long";
  for (const part of name.split(".")) {
    if (part.length < 1 || part.length > 63) return "label must be 1 to 63 characters long";
    if (part.startsWith("-")) return "label starts with hyphen";
    if (part.endsWith("-")) return "label ends with hyphen";
    if (!label.test(part)) return `invalid character in ${JSON.stringify(part)}`;
  }
  return undefined;
}

function email(text: string): string | undefined {
  if (text.length > 255) return "more than 255 characters long";
  const at = text.lastIndexOf("@");
  if (at < 0) return "missing @";
  const [local, domain] = [text.slice(0, at), text.slice(at + 1)];
  if (local.length > 64) return "local part more than 64 characters long";
  if (local.length > 1 && local.startsWith('"') && local.endsWith('"')) {
    if (/[\\"]/.test(local.slice(1, -1))) return "backslash and quote are not allowed within quoted local part";
  } else {
    if (local.startsWith(".")) return "starts with dot";
    if (local.endsWith(".")) return "ends with dot";
    if (local.includes("..")) return "consecutive dots";
    if (!/^[A-Za-z0-9.!#$%&'*+\-/=?^_`{|}~]*$/.test(local)) return `invalid character in ${JSON.stringify(local)}`;
  }
  if (domain.startsWith("[") && domain.endsWith("]")) return addressLiteral(domain.slice(1, -1));
  const problem = hostname(domain);
  return problem === undefined ? undefined : `invalid domain: ${problem}`;
}

function addressLiteral(text: string): string | undefined {
  if (text.startsWith("IPv6:")) return isIPv6(text.slice(5)) ? undefined : "invalid ipv6 address";
  return isIPv4(text) ? undefined : "invalid ipv4 address";
}

const days = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

function date(text: string): string | undefined {
  const match = /^(\d{4})-(\d{2})-(\d{2})$/.exec(text);
  const [year, month, day] = [Number(match?.[1]), Number(match?.[2]), Number(match?.[3])];
  const isLeap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  const last = month === 2 && !isLeap ? 28 : (days[month - 1] ?? 0);
  return match !== null && day >= 1 && day <= last ? undefined : `parsing time ${JSON.stringify(text)} as "2006-01-02"`;
}

function time(text: string): string | undefined {
  const match = /^(\d{2}):(\d{2}):(\d{2})(?:\.\d+)?(?:[zZ]|([+-])(\d{2}):(\d{2}))$/.exec(text);
  if (match === null) return "missing hour/min/sec";
  const [hour, minute, second] = [Number(match[1]), Number(match[2]), Number(match[3])];
  const [offsetHour, offsetMinute] = [Number(match[5] ?? 0), Number(match[6] ?? 0)];
  if (hour > 23 || minute > 59 || second > 60 || offsetHour > 23 || offsetMinute > 59)
    return "hour/min/sec out of range";
  if (second < 60) return undefined;
  const sign = match[4] === "-" ? 1 : -1;
  const utc = (hour * 60 + minute + sign * (offsetHour * 60 + offsetMinute) + 2880) % 1440;
  return utc === 1439 ? undefined : "invalid leap second";
}

function dateTime(text: string): string | undefined {
  if (text.length < 20) return "less than 20 characters long";
  if (!/^[tT]$/.test(text[10] ?? "")) return "11th character must be t or T";
  const problem = date(text.slice(0, 10));
  if (problem !== undefined) return `invalid date element: ${problem}`;
  const clock = time(text.slice(11));
  return clock === undefined ? undefined : `invalid time element: ${clock}`;
}

function isReference(text: string): boolean {
  return !text.includes("\\") && !/[\s<>"{}|^`]/.test(text) && !/%(?![0-9A-Fa-f]{2})/.test(text);
}

const scheme = /^[A-Za-z][A-Za-z0-9+.-]*:/;
const uri: Format = (text) =>
  !isReference(text) ? `parse ${JSON.stringify(text)}` : scheme.test(text) ? undefined : "relative url";
const uriReference: Format = (text) => (isReference(text) ? undefined : `parse ${JSON.stringify(text)}`);

const duration = /^P(?:\d+W|(?=\d|T\d)(?:\d+Y)?(?:\d+M)?(?:\d+D)?(?:T(?=\d)(?:\d+H)?(?:\d+M)?(?:\d+S)?)?)$/;
const semver =
  /^(?:0|[1-9]\d*)\.(?:0|[1-9]\d*)\.(?:0|[1-9]\d*)(?:-(?:0|[1-9]\d*|\d*[A-Za-z-][0-9A-Za-z-]*)(?:\.(?:0|[1-9]\d*|\d*[A-Za-z-][0-9A-Za-z-]*))*)?(?:\+[0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*)?$/;

const formats: Readonly<Record<string, Format>> = {
  "json-pointer": matching(/^(?:\/(?:[^~/]|~[01])*)*$/, "not a JSON pointer"),
  "relative-json-pointer": matching(/^(?:0|[1-9]\d*)(?:#|(?:\/(?:[^~/]|~[01])*)*)$/, "not a relative JSON pointer"),
  uuid: matching(/^[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}$/, "not a UUID"),
  duration: matching(duration, "must be an ISO 8601 duration"),
  ipv4: (text) => (isIPv4(text) ? undefined : "expected four decimals"),
  ipv6: (text) => (isIPv6(text) ? undefined : "not an IPv6 address"),
  hostname,
  email,
  date,
  time,
  "date-time": dateTime,
  uri,
  iri: uri,
  "uri-reference": uriReference,
  "iri-reference": uriReference,
  "uri-template": matching(/^(?:[^{}]|\{[^{}]+\})*$/, "nested or unmatched braces"),
  semver: matching(semver, "not a semantic version"),
  regex: (text) => (isPattern(text) ? undefined : "not a regular expression"),
};

/** What is wrong with a text of a format; nothing where the format is not known. */
export function formatProblem(format: string, text: string): string | undefined {
  return Object.hasOwn(formats, format) ? formats[format]?.(text) : undefined;
}
