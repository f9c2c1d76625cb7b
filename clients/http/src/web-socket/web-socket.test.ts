import { createHash } from "node:crypto";
import type { Socket } from "node:net";
import { fakeClock } from "@eddy/core/clock";
import { afterEach, describe, expect, test } from "vitest";
import { createServers } from "../testing/listen.ts";
import { openWebSocket, type WebSocketConnection, type WebSocketOptions } from "./open-web-socket.ts";

const servers = createServers();
const connections: WebSocketConnection[] = [];
afterEach(() => {
  for (const connection of connections.splice(0)) connection.close();
  servers.close();
});

/** A frame as a server sends it, by hand: what no library would send is tried, too. */
function served(opcode: number, text: string | Buffer, isLast = true): Buffer {
  const payload = Buffer.from(text);
  const { length } = payload;
  const size =
    length < 126
      ? [length]
      : length < 65_536
        ? [126, length >> 8, length & 255]
        : [127, 0, 0, 0, 0, 0, length >> 16, (length >> 8) & 255, length & 255];
  return Buffer.concat([Buffer.from([(isLast ? 128 : 0) | opcode, ...size]), payload]);
}

describe("openWebSocket()", () => {
  /** A server that shakes hands, and then does as it is told. */
  const serve = (
    then: (socket: Socket, received: () => Buffer) => void,
    accept = (key: string): string => acceptOf(key),
  ): Promise<string> =>
    servers.raw((socket) => {
      let [text, isOpen, bytes] = ["", false, Buffer.alloc(0)];
      socket.on("data", (chunk: Buffer) => {
        if (isOpen) return void (bytes = Buffer.concat([bytes, chunk]));
        text += chunk.toString("latin1");
        const key = /sec-websocket-key: (\S+)/i.exec(text)?.[1];
        if (key === undefined || !text.includes("\r\n\r\n")) return;
        isOpen = true;
        socket.write(
          `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept(key)}\r\n\r\n`,
        );
        then(socket, () => bytes);
      });
    });
  const acceptOf = (key: string): string =>
    createHash("sha1").update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest("base64");
  const open = async (url: string, options: WebSocketOptions = {}): Promise<WebSocketConnection> => {
    const connection = await openWebSocket(new URL(url.replace("http", "ws")), { env: {}, ...options });
    connections.push(connection);
    return connection;
  };
  const all = ({ messages }: WebSocketConnection): Promise<string[]> => Array.fromAsync(messages);

  test("reads messages, answers pings, and ends when the server says so", async () => {
    const answered = Promise.withResolvers<Buffer>();
    const url = await serve((socket, received) => {
      socket.write(Buffer.concat([served(1, "one"), served(9, "are you there")]));
      socket.write(served(1, "x".repeat(70_000)));
      socket.write(served(8, Buffer.from([0x03, 0xe8])));
      socket.on("close", () => answered.resolve(received()));
    });
    expect((await all(await open(url))).map((text) => text.slice(0, 5))).toEqual(["one", "xxxxx"]);
    const [pong, size] = await answered.promise;
    expect([pong, size]).toEqual([0x8a, 0x80 | "are you there".length]);
  });

  test("sends, and says goodbye", async () => {
    const ended = Promise.withResolvers<Buffer>();
    const url = await serve((socket, received) => socket.on("close", () => ended.resolve(received())));
    const connection = await open(url);
    connection.send("ü");
    connection.close();
    connection.send("too late");
    const bytes = await ended.promise;
    expect([bytes[0], bytes.at(-8)]).toEqual([0x81, 0x88]);
    expect(bytes).toHaveLength(8 + 8);
    expect(await all(connection)).toEqual([]);
  });

  test.each<[string, (socket: Socket) => void, object]>([
    ["is cut", (socket) => void socket.once("data", () => socket.resetAndDestroy()), { kind: "unreachable" }],
    ["sends too much", (socket) => void socket.write(served(1, "x".repeat(101))), { kind: "tooLarge" }],
    [
      "announces too much",
      (socket) => void socket.write(Buffer.from("817f8000000000000000", "hex")),
      { kind: "tooLarge" },
    ],
    ["masks", (socket) => void socket.write(Buffer.from("818537fa213d7f9f4d5158", "hex")), { kind: "protocol" }],
    ["sends a fragment of nothing", (socket) => void socket.write(served(0, "x")), { kind: "protocol" }],
    ["sends bytes", (socket) => void socket.write(served(2, "x")), { kind: "protocol" }],
    ["sends what is no UTF-8", (socket) => void socket.write(served(1, Buffer.from([0xff]))), { kind: "protocol" }],
  ])("fails when it %s", async (_, then, error) => {
    const connection = await open(await serve(then), { maxBytes: 100 });
    connection.send("go");
    await expect(all(connection)).rejects.toMatchObject(error);
  });

  test("makes a server wait while many messages are left lying, and loses none", async () => {
    const texts = Array.from({ length: 200 }, (_, index) => String(index));
    const url = await serve((socket) => {
      socket.write(Buffer.concat(texts.map((text) => served(1, text))));
      socket.end(served(8, Buffer.from([0x03, 0xe8])));
    });
    expect(await all(await open(url))).toEqual(texts);
  });

  test("asks a silent server whether it is there, and gives it up", async () => {
    const clock = fakeClock();
    const asked = Promise.withResolvers<void>();
    const url = await serve((socket) => {
      socket.write(served(1, "hello"));
      socket.on("data", () => asked.resolve());
    });
    const connection = await open(url, { clock, silenceMs: 1_000 });
    const iterator = connection.messages[Symbol.asyncIterator]();
    expect((await iterator.next()).value).toBe("hello");
    const next = iterator.next();
    clock.advance(1_000);
    await asked.promise;
    clock.advance(1_000);
    await expect(next).rejects.toMatchObject({ kind: "timeout" });
    expect(clock.pending()).toBe(0);
  });

  test("tells why there is no connection", async () => {
    const refusing = await servers.listen((_, response) => response.writeHead(401).end());
    await expect(open(refusing)).rejects.toMatchObject({ kind: "authentication", status: 401 });
    await expect(
      open(
        await serve(
          () => undefined,
          () => "x",
        ),
      ),
    ).rejects.toMatchObject({ kind: "protocol" });
    await expect(open("ws://127.0.0.1:1")).rejects.toMatchObject({ kind: "unreachable" });
    await expect(open("ws://169.254.169.254")).rejects.toThrow("out of reach");
    await expect(openWebSocket(new URL("http://127.0.0.1"))).rejects.toMatchObject({ kind: "configuration" });
    const signal = AbortSignal.abort(new Error("stopped"));
    await expect(open(refusing, { signal })).rejects.toThrow("stopped");
  });

  test("goes through a proxy by CONNECT", async () => {
    const proxy = await servers.proxy();
    await expect(open("wss://127.0.0.1:1", { proxy: { address: proxy.url } })).rejects.toMatchObject({
      kind: "unreachable",
    });
    expect(proxy.asked).toEqual(["CONNECT 127.0.0.1:1"]);
  });
});
