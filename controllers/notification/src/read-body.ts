import type { IncomingMessage } from "node:http";

// Source: flux2.md 3.8 "Event intake", "Receivers".
const maxBodyBytes = 3 * 1024 * 1024;

/**
 * A request's body; undefined beyond 3 MiB. By events: what an iterator keeps of itself was a
 * twentieth of what a refusal costs, in a profile of a flood.
 * @throws when the caller goes away
 */
export function readBody(request: IncomingMessage): Promise<Buffer | undefined> {
  const { promise, resolve, reject } = Promise.withResolvers<Buffer | undefined>();
  const chunks: Buffer[] = [];
  let size = 0;
  request.on("data", (chunk: Buffer) => {
    size += chunk.length;
    if (size > maxBodyBytes) return resolve(undefined);
    chunks.push(chunk);
  });
  request.once("end", () => resolve(Buffer.concat(chunks)));
  request.once("error", reject);
  return promise;
}
