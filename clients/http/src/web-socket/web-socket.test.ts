import { createHash } from "node:crypto";
import type { Socket } from "node:net";
import fc from "fast-check";
import { fakeClock } from "@eddy/core/clock";
import { afterEach, describe, expect, test } from "vitest";
import { createServers } from "../testing/listen.ts";
import { createFrameReader, formatFrame } from "./frames.ts";
import { openWebSocket, type WebSocketConnection, type WebSocketOptions } from "./open-web-socket.ts";

const servers = createServers();
const connections: WebSocketConnection[] = [];
afterEach(() => {
  for (const connection of connections.splice(0)) connection.close();
  servers.close();
});

/** A frame as a server sends it: nothing of the client's code. */
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

describe("frames", () => {
  const mask = Buffer.from([0x37, 0xfa, 0x21, 0x3d]);
  test("are masked as in RFC 6455, 5.7", () => {
    expect(formatFrame("text", Buffer.from("Hello"), mask).toString("hex")).toBe("818537fa213d7f9f4d5158");
    expect(formatFrame("binary", Buffer.alloc(256), mask).subarray(0, 4).toString("hex")).toBe("82fe0100");
    expect(formatFrame("binary", Buffer.alloc(65_536), mask).subarray(0, 10).toString("hex")).toBe(
      "82ff0000000000010000",
    );
  });

  test("come out the same however the bytes are cut", () => {
    const messages = fc.array(
      fc.record({ text: fc.string({ maxLength: 300 }), cut: fc.boolean(), ping: fc.boolean() }),
      { maxLength: 8 },
    );
    fc.assert(
      fc.property(messages, fc.infiniteStream(fc.integer({ min: 1, max: 40 })), (wanted, sizes) => {
        const bytes = Buffer.concat(
          wanted.flatMap(({ text, cut, ping }) => {
            const payload = Buffer.from(text);
            const half = payload.length >> 1;
            const first = cut ? [served(1, payload.subarray(0, half), false)] : [];
            const rest = cut ? served(0, payload.subarray(half)) : served(1, payload);
            return [...first, ...(ping ? [served(9, "p")] : []), rest];
          }),
        );
        const reader = createFrameReader({ maxBytes: 10_000 });
        const seen: string[] = [];
        for (let at = 0; at < bytes.length;) {
          const size = Number(sizes.next().value);
          for (const { form, payload } of reader.push(bytes.subarray(at, at + size)))
            if (form === "text") seen.push(payload.toString());
          at += size;
        }
        expect(seen).toEqual(wanted.map(({ text }) => Buffer.from(text).toString()));
      }),
      { numRuns: 100 },
    );
  });

  test.each<[string, string, RegExp]>([
    ["an extension that nobody asked for", "c100", /no kind that was agreed on/],
    ["an unknown form", "8300", /no kind that was agreed on/],
    ["a mask", "818537fa213d7f9f4d5158", /is masked/],
    ["a fragment of nothing", "8000", /not where one can be/],
    ["a message within a message", "010161810162", /not where one can be/],
    ["a ping of 126 bytes", "897e007e", /ping is too long/],
    ["a ping in fragments", "0900", /ping is too long, or in fragments/],
    ["a message of 2^63 bytes, at once", "827f8000000000000000", /longer than 1000 bytes/],
    ["fragments that become too long", `0103616161807e03e6`, /longer than 1000 bytes/],
  ])("with %s are refused", (_, hex, message) => {
    expect(() => createFrameReader({ maxBytes: 1_000 }).push(Buffer.from(hex, "hex"))).toThrow(message);
  });
});

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
    ["sends bytes", (socket) => void socket.write(served(2, "x")), { kind: "protocol" }],
    ["sends what is no UTF-8", (socket) => void socket.write(served(1, Buffer.from([0xff]))), { kind: "protocol" }],
  ])("fails when it %s", async (_, then, error) => {
    const connection = await open(await serve(then), { maxBytes: 100 });
    connection.send("go");
    await expect(all(connection)).rejects.toMatchObject(error);
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
