import { connect, type Socket } from "node:net";
import { parentPort, workerData } from "node:worker_threads";

/** What a flood of forged webhooks is. */
export interface FloodOptions {
  port: number;
  /** Of the receiver. */
  path: string;
  /** Requests a second, as far as they are answered. */
  rate: number;
}

const { port, path, rate } = workerData as FloodOptions;
const connections = 64;
const body = JSON.stringify({ ref: "refs/heads/main", padding: "x".repeat(500) });
const request = Buffer.from(
  `POST ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nX-GitHub-Event: push\r\n` +
    `X-Hub-Signature-256: sha256=${"0".repeat(64)}\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
);
const startMs = performance.now();
let [sent, answered] = [0, 0];
let idle: (() => void)[] = [];

/** One request at a time over a connection that is kept, whenever there is one to send. */
function work(socket: Socket): void {
  const next = (): void => {
    if (sent >= ((performance.now() - startMs) / 1_000) * rate) return void idle.push(next);
    sent++;
    socket.write(request);
  };
  socket.on("data", () => {
    answered++;
    next();
  });
  next();
}

for (let index = 0; index < connections; index++) {
  const socket = connect(port, "127.0.0.1", () => work(socket));
  socket.setNoDelay(true);
  socket.once("error", () => socket.destroy());
}
setInterval(() => {
  const waiting = idle;
  idle = [];
  for (const next of waiting) next();
}, 1);
setInterval(() => {
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a port of a thread, not a window
  parentPort?.postMessage(answered);
  answered = 0;
}, 1_000);
