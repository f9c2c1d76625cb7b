import type { IncomingMessage } from "node:http";
import { KubeConnectionError } from "../errors.ts";

const maxBodyBytes = 256 * 1024 * 1024;

/** The whole body as text, at most {@link maxBodyBytes}. */
export function readBody(response: IncomingMessage): Promise<string> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let bytes = 0;
    response.on("data", (chunk: Buffer) => {
      bytes += chunk.length;
      chunks.push(chunk);
      if (bytes > maxBodyBytes)
        response.destroy(
          new KubeConnectionError(`read the answer: more than ${maxBodyBytes} bytes`, undefined, "TooLarge"),
        );
    });
    response.once("end", () =>
      resolve(
        chunks.length === 1 ? (chunks[0] as Buffer).toString("utf8") : Buffer.concat(chunks, bytes).toString("utf8"),
      ),
    );
    response.once("error", reject);
    response.once("close", () => {
      if (!response.complete)
        reject(new KubeConnectionError("read the answer: the connection was cut", undefined, "Cut"));
    });
  });
}
