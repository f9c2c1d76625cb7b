import { spawn, type ChildProcessWithoutNullStreams } from "node:child_process";
import type { Clock } from "@eddy/core/clock";
import { readAdvertisement, type Advertisement } from "./advertisement.ts";
import { GitError } from "./errors.ts";
import { createPacketReader, type PacketReader } from "./pkt-line.ts";
import type { Command } from "./ssh-command.ts";
import type { Transport } from "./transport.ts";

const maxStderrBytes = 16_384;
const idleMs = 5_000;

/** A started child and what it has said. */
interface Session {
  child: ChildProcessWithoutNullStreams;
  reader: PacketReader;
  advertisement: Advertisement;
  stderr: () => string;
}

/**
 * A conversation over the standard streams of a child process: `ssh`, or a local `git upload-pack`. With protocol v2 the
 * child that listed refs is kept for 5 s for the fetch that may follow; with v0 every request starts one.
 */
export function createStreamTransport(options: {
  command: () => Command;
  environment: (extra: Record<string, string>) => Record<string, string>;
  explain: (stderr: string) => GitError;
  clock: Clock;
  /** The child ends when it has answered, and is not to be ended before: it may be running hooks. */
  endsByItself?: boolean;
}): Transport {
  let session: Session | undefined;
  let cancelIdle = (): void => {};

  const end = (): void => {
    cancelIdle();
    session?.child.kill();
    session = undefined;
  };
  const leave = (ended: Session): void => {
    ended.child.stdin.end();
    session = undefined;
  };
  const guard = async <R>(signal: AbortSignal, action: () => Promise<R>): Promise<R> => {
    signal.addEventListener("abort", end, { once: true });
    try {
      return await action();
    } catch (error) {
      const stderr = session?.stderr() ?? "";
      end();
      if (signal.aborted) throw signal.reason;
      throw stderr.trim() !== "" || !(error instanceof GitError) ? options.explain(stderr) : error;
    } finally {
      signal.removeEventListener("abort", end);
    }
  };
  const begin = async (): Promise<Session> => {
    const started = start(options.command(), options.environment);
    session = { ...started, advertisement: { version: 0, capabilities: new Map(), refs: [] } };
    session = { ...session, advertisement: await readAdvertisement(started.reader, { smartHttp: false }) };
    return session;
  };

  return {
    advertisement: (signal, { fresh } = { fresh: false }) =>
      guard(signal, async () => {
        const usable = session?.child.exitCode === null && session.advertisement.version === 2;
        if (session && usable && !fresh) return session.advertisement;
        end();
        const { advertisement } = await begin();
        return advertisement;
      }),
    send: (body, { signal, maxBytes }) =>
      guard(signal, async () => {
        cancelIdle();
        const current = session && session.child.exitCode === null ? session : await begin();
        current.child.stdin.write(body);
        return answerOf(
          current,
          maxBytes,
          () => {
            if (options.endsByItself === true) return leave(current);
            if (current.advertisement.version !== 2) return end();
            cancelIdle = options.clock.after(idleMs, end);
          },
          end,
          signal,
        );
      }),
    close: end,
  };
}

function start(
  command: Command,
  environment: (extra: Record<string, string>) => Record<string, string>,
): Omit<Session, "advertisement"> {
  const child = spawn(command.program, command.args, {
    env: environment(command.environment),
    stdio: "pipe",
    shell: false,
    windowsHide: true,
  });
  let stderr = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    if (stderr.length < maxStderrBytes) stderr += text;
  });
  child.on("error", (error) => (stderr += error.message));
  // A child that has gone is noticed by the reader.
  child.stdin.on("error", () => {});
  const closed = new Promise<void>((resolve) => child.once("close", () => resolve()));
  const reader = createPacketReader(bytesOf(child, closed), { maxBytes: Number.POSITIVE_INFINITY });
  return { child, reader, stderr: () => stderr };
}

async function* bytesOf(child: ChildProcessWithoutNullStreams, closed: Promise<void>): AsyncGenerator<Uint8Array> {
  for await (const chunk of child.stdout) yield chunk as Uint8Array;
  // Only now has everything been said on standard error.
  await closed;
}

/** One answer of a conversation: ends with a flush packet; an answer that is not read to its end ends the child. */
function answerOf(
  session: Session,
  maxBytes: number,
  onDone: () => void,
  onAbandoned: () => void,
  signal: AbortSignal,
): PacketReader {
  let readBytes = 0;
  let last: "data" | "flush" = "data";
  let finished = false;
  const abort = (): void => onAbandoned();
  signal.addEventListener("abort", abort, { once: true });
  return {
    async next() {
      const packet = await session.reader.next();
      if (signal.aborted) throw signal.reason;
      if (packet?.kind === "data") {
        readBytes += packet.data.length;
        if (readBytes > maxBytes) throw new GitError("limit", `read answer: more than ${maxBytes} bytes`);
      }
      last = packet?.kind === "flush" ? "flush" : "data";
      return packet;
    },
    async finish() {
      if (finished) return;
      finished = true;
      signal.removeEventListener("abort", abort);
      if (last === "flush") onDone();
      else onAbandoned();
    },
  };
}
