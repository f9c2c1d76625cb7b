/** Escapes, quoted stretches, classes, and groups with a name: what must be told apart to find the last. */
const piece =
  /\\Q[\s\S]*?(?:\\E|$)|\\[\s\S]|\[\^?\]?(?:\[:\^?\w+:\]|\\[\s\S]|[^\]\\])*(?:\]|$)|\(\?P?<([A-Za-z0-9_]+)>/g;

/**
 * The pattern with each further group of a name renamed, and the names that the new ones stand for: Go lets groups share a
 * name, RE2 does not.
 */
export function renameRepeatedGroups(pattern: string): { pattern: string; names: ReadonlyMap<string, string> } {
  const names = new Map<string, string>();
  const seen = new Set<string>();
  const renamed = pattern.replace(piece, (whole: string, name?: string) => {
    if (name === undefined) return whole;
    if (!seen.has(name)) {
      seen.add(name);
      return whole;
    }
    const fresh = freshName(name, pattern, names);
    names.set(fresh, name);
    return `(?P<${fresh}>`;
  });
  return { pattern: renamed, names };
}

function freshName(name: string, pattern: string, taken: ReadonlyMap<string, string>): string {
  for (let count = 2; ; count++) {
    const fresh = `${name}_${count}`;
    if (!taken.has(fresh) && !pattern.includes(`<${fresh}>`)) return fresh;
  }
}
