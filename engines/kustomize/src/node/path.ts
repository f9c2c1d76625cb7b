import { trim } from "@eddy/core/trim";

/** Splits at a delimiter; a backslash before it keeps it, and a leading delimiter is dropped. Source: kyaml `PathSplitter`. */
export function splitPath(path: string, delimiter: string): string[] {
  const cached = delimiter === "/" ? slashPaths.get(path) : undefined;
  if (cached !== undefined) return cached;
  let parts = path.split(delimiter);
  if (parts.length > 1 && parts[0] === "") parts = parts.slice(1);
  const result: string[] = [];
  for (const part of parts) {
    const last = result.at(-1);
    if (last !== undefined && last.endsWith("\\")) result[result.length - 1] = last.slice(0, -1) + delimiter + part;
    else result.push(part);
  }
  if (delimiter === "/" && slashPaths.size < 4096) slashPaths.set(path, result);
  return result;
}

const slashPaths = new Map<string, string[]>();

/**
 * Splits a field path of replacements and vars: `a.b.[name=x.y].c` keeps `[name=x.y]` together, `[a.b/c]` becomes `a.b/c`.
 * Source: kyaml `SmarterPathSplitter`.
 */
export function splitFieldPath(path: string): string[] {
  const result: string[] = [];
  const parts = splitPath(path, ".");
  for (let index = 0; index < parts.length; index++) {
    const part = parts[index] ?? "";
    if (!part.startsWith("[") || part.endsWith("]")) {
      result.push(part);
      continue;
    }
    const bracketed = [part];
    while (index < parts.length - 1) {
      const next = parts[++index] ?? "";
      bracketed.push(next);
      if (next.endsWith("]")) break;
    }
    const joined = bracketed.join(".");
    result.push(joined.includes("=") ? joined : trim(joined, "[]"));
  }
  return result;
}

/** Go's `strconv.Atoi`, or undefined for what it refuses. */
export function parseIndex(text: string): number | undefined {
  return /^[+-]?[0-9]{1,18}$/.test(text) ? Number(text) : undefined;
}

/** `[field=value]` or `[=value]`. */
export function isListIndex(part: string): boolean {
  return part.startsWith("[") && part.endsWith("]");
}

/** Splits `[field=value]`, or undefined without `=`. */
export function splitListIndex(part: string): { name: string; value: string } | undefined {
  const inner = part.replace(/\]$/, "").replace(/^\[/, "");
  const equals = inner.indexOf("=");
  return equals < 0 ? undefined : { name: inner.slice(0, equals), value: inner.slice(equals + 1) };
}
