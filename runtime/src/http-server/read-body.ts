import type { IncomingMessage } from "node:http";

/**
 * A request's body; undefined beyond `maxBytes`. By events: what an iterator keeps of itself was a
 * twentieth of what a refusal costs, in a profile of a flood.
 * @throws when the caller goes away
 */
export function readBody(request: IncomingMessage, maxBytes: number): Promise<Buffer | undefined> {
  const { promise, resolve, reject } = Promise.withResolvers<Buffer | undefined>();
  const chunks: Buffer[] = [];
  let size = 0;
  request.on("data", (chunk: Buffer) => {
    size += chunk.length;
    if (size > maxBytes) return resolve(undefined);
    chunks.push(chunk);
  });
  request.once("end", () => resolve(Buffer.concat(chunks)));
  request.once("error", reject);
  return promise;
}
