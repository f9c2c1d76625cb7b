import { spawn } from "node:child_process";
import { mkdirSync, openSync } from "node:fs";
import { createServer, type AddressInfo } from "node:net";
import { join } from "node:path";
import { delay, systemClock } from "@eddy/core/clock";
import { stopProgram } from "../stop-program.ts";

/** A running S3 server that is not ours. */
export interface RealS3 {
  /** Host and port. */
  readonly endpoint: string;
  stop(): Promise<void>;
}

/** Starts Versity's S3 gateway over an empty folder. */
export async function startRealS3(
  program: string,
  folder: string,
  keys: { accessKey: string; secretKey: string },
): Promise<RealS3> {
  const [data, side] = [join(folder, "data"), join(folder, "metadata")];
  for (const path of [data, side]) mkdirSync(path, { recursive: true });
  const port = await freePort();
  const log = openSync(join(folder, "s3.log"), "w");
  const child = spawn(
    program,
    ["--port", `127.0.0.1:${port}`, "--quiet", "--keep-alive", "posix", "--sidecar", side, data],
    {
      env: {
        PATH: process.env["PATH"],
        HOME: folder,
        ROOT_ACCESS_KEY: keys.accessKey,
        ROOT_SECRET_KEY: keys.secretKey,
      },
      stdio: ["ignore", log, log],
    },
  );
  const endpoint = `127.0.0.1:${port}`;
  await untilListening(`http://${endpoint}/`);
  return { endpoint, stop: () => stopProgram(child) };
}

async function untilListening(url: string): Promise<void> {
  for (const end = performance.now() + 20_000; performance.now() < end; await delay(systemClock, 50)) {
    const answer = await fetch(url).catch(() => undefined);
    await answer?.body?.cancel();
    if (answer) return;
  }
  throw new Error("the S3 server does not listen");
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
