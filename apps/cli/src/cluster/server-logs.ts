import { EddyError, messageOf } from "@eddy/core/errors";

/** What to read of a process' log. */
export interface ServerLogQuery {
  /** Health address of the process: `http://127.0.0.1:9440`, or without the scheme. */
  address: string;
  follow: boolean;
  tailLines?: number;
  signal: AbortSignal;
}

/**
 * Hands over the lines that a process on this machine logged, as its health endpoint keeps them; with `follow` those that
 * come too, until the signal aborts, which ends it well.
 * @throws EddyError LOG_UNREADABLE.
 */
export async function readServerLog(query: ServerLogQuery, onLine: (line: string) => void): Promise<void> {
  const base = query.address.includes("://") ? query.address : `http://${query.address}`;
  const url = new URL("/logs", base);
  if (query.follow) url.searchParams.set("follow", "true");
  if (query.tailLines !== undefined) url.searchParams.set("tail", String(query.tailLines));
  try {
    const response = await fetch(url, { signal: query.signal });
    if (!response.ok || !response.body) throw new Error(`the answer is ${response.status}`);
    await readLines(response.body.pipeThrough(new TextDecoderStream()), onLine);
  } catch (error) {
    if (query.signal.aborted) return;
    // What fetch throws says only that it failed; its cause says why.
    const why = error instanceof Error && error.cause !== undefined ? error.cause : error;
    throw new EddyError("LOG_UNREADABLE", `read the log at ${url.href}: ${messageOf(why)}`, {
      cause: error,
      hint: "give the health address that `eddy up` prints, or that `eddy server` was given with --health-addr",
    });
  }
}

async function readLines(text: ReadableStream<string>, onLine: (line: string) => void): Promise<void> {
  let rest = "";
  for await (const chunk of text) {
    const lines = (rest + chunk).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) onLine(line);
  }
}
