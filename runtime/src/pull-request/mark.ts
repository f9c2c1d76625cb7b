import { isObject } from "@eddy/core/json";

/** What Eddy has noted in the body of a pull request, in a comment that people are not shown. */
export interface PullRequestMark {
  /** Whose it is: the uid of the object that keeps it up to date; "" where nobody does. */
  readonly by: string;
  /** What it asks for, by what it is of: another text is another wish. */
  readonly asks: Readonly<Record<string, string>>;
  /** Of title and text: another one is news. */
  readonly digest: string;
}

const opening = "<!-- eddy-update: ";
const closing = " -->";

/** The comment, on one line. Pure. */
export function formatMark({ by, asks, digest }: PullRequestMark): string {
  // No text of it ends the comment.
  const json = JSON.stringify({ by, digest, asks }).replaceAll(">", "\\u003e");
  return `${opening}${json}${closing}`;
}

/** The last mark of a body; undefined where there is none that can be read. Pure. */
export function parseMark(body: string): PullRequestMark | undefined {
  const start = body.lastIndexOf(opening);
  const end = start < 0 ? -1 : body.indexOf(closing, start);
  if (end < 0) return undefined;
  try {
    const value: unknown = JSON.parse(body.slice(start + opening.length, end));
    if (!isObject(value) || !isObject(value["asks"])) return undefined;
    const { by, digest } = value;
    const asks = Object.entries(value["asks"]).filter(
      (entry): entry is [string, string] => typeof entry[1] === "string",
    );
    return { by: typeof by === "string" ? by : "", digest: String(digest), asks: Object.fromEntries(asks) };
  } catch {
    return undefined;
  }
}

/** A body without its marks: nobody keeps it up to date, and it says nothing of what people refuse. Pure. */
export function withoutMark(body: string): string {
  const start = body.lastIndexOf(opening);
  return start < 0 ? body : withoutMark(body.slice(0, start).trimEnd());
}
