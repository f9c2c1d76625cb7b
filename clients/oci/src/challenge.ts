/** How a server wants to be logged in to. */
export interface Challenge {
  /** Lower case: `basic`, `bearer`. */
  readonly scheme: string;
  /** By lower-case name. */
  readonly parameters: Readonly<Record<string, string>>;
}

const token = /[!#$%&'*+\-.^_`|~0-9A-Za-z]+/y;
const space = /[ \t]*/y;
const comma = /[ \t,]*/y;
const maxHeader = 8_192;

/**
 * The challenges of a `WWW-Authenticate` header, several joined by commas included. What cannot be read ends the list. Source:
 * RFC 9110 11.6.1, read as loosely as go-containerregistry does.
 */
export function parseChallenges(header: string | undefined): Challenge[] {
  const text = (header ?? "").slice(0, maxHeader);
  const challenges: { scheme: string; parameters: Record<string, string> }[] = [];
  let at = 0;
  const take = (pattern: RegExp): string | undefined => {
    pattern.lastIndex = at;
    const found = pattern.exec(text)?.[0];
    if (found !== undefined) at += found.length;
    return found;
  };
  while (at < text.length) {
    take(comma);
    const name = take(token);
    if (name === undefined) break;
    const current = challenges.at(-1);
    if (text[at] !== "=" || current === undefined) {
      challenges.push({ scheme: name.toLowerCase(), parameters: {} });
      take(space);
      continue;
    }
    at++;
    const value = text[at] === '"' ? takeQuoted() : take(token);
    if (value === undefined) break;
    current.parameters[name.toLowerCase()] = value;
  }
  return challenges;

  function takeQuoted(): string | undefined {
    let value = "";
    for (let index = at + 1; index < text.length; index++) {
      const char = text[index];
      if (char === '"') {
        at = index + 1;
        return value;
      }
      value += char === "\\" ? (text[++index] ?? "") : char;
    }
    return undefined;
  }
}

/** The first challenge that can be answered, else the first. */
export function chooseChallenge(challenges: readonly Challenge[]): Challenge | undefined {
  return challenges.find(({ scheme }) => scheme === "basic" || scheme === "bearer") ?? challenges[0];
}
