import { fork } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { stopProgram } from "../stop-program.ts";
import type { Holdings } from "./holdings.ts";

/** A server in a process of its own. */
export interface SoakedServer {
  measure(): Promise<Holdings>;
  stop(): Promise<void>;
}

/** Less than twice what lives in it: one that holds on to more ends. */
const maxHeapMiB = 64;

/** Starts it, with little memory. @throws when it ends before it is ready */
export async function startSoakedServer(kubeconfigFile: string, storagePath: string): Promise<SoakedServer> {
  const file = join(import.meta.dirname, "soaked-server.ts");
  const child = fork(file, [kubeconfigFile, storagePath], {
    execArgv: ["--expose-gc", `--max-old-space-size=${maxHeapMiB}`],
    stdio: "ignore",
  });
  const ended = once(child, "exit").then(([code]) => {
    throw new Error(`the server ended by itself with code ${String(code)}`);
  });
  ended.catch(() => undefined);
  const heard = async (): Promise<unknown> => (await Promise.race([once(child, "message"), ended]))[0];
  await heard();
  return {
    async measure() {
      child.send("measure");
      return (await heard()) as Holdings;
    },
    stop: () => stopProgram(child),
  };
}
