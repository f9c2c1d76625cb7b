import type { WebSocket } from "ws";

/** Messages that came and were not taken yet. */
export interface MessageQueue {
  readonly messages: AsyncIterable<string>;
  add(text: string): void;
  /** There will be no more; what is there can still be taken, and then `error` is thrown, if there is one. Once. */
  end(error?: Error): void;
}

const maxWaiting = 16;

/** The queue of a socket, which is paused while too many wait. */
export function createMessageQueue(socket: Pick<WebSocket, "pause" | "resume">): MessageQueue {
  const waiting: string[] = [];
  let ended: { readonly error: Error | undefined } | undefined;
  let change = Promise.withResolvers<void>();
  const changed = (): void => {
    change.resolve();
    change = Promise.withResolvers();
  };
  const messages = async function* (): AsyncGenerator<string> {
    for (;;) {
      const next = waiting.shift();
      if (next !== undefined) {
        if (waiting.length === 0) socket.resume();
        yield next;
      } else if (ended) {
        if (ended.error) throw ended.error;
        return;
      } else await change.promise;
    }
  };
  return {
    messages: messages(),
    add(text) {
      if (ended) return;
      if (waiting.push(text) >= maxWaiting) socket.pause();
      changed();
    },
    end(error) {
      ended ??= { error };
      changed();
    },
  };
}
