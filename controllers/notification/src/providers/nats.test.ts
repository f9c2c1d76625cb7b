import { createServer, type AddressInfo, type Server, type Socket } from "node:net";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { encodeJson } from "../event/encode-event.ts";
import { fakePorts } from "../testing/fake-http.ts";
import { sampleEvent, sampleSettings } from "../testing/samples.ts";
import { nats } from "./nats.ts";

let server: Server;
let address: string;
let said = "";

beforeAll(async () => {
  server = createServer((socket: Socket) => {
    socket.write('INFO {"nonce":"n"}\r\n');
    socket.on("error", () => undefined);
    socket.on("data", (chunk: Buffer) => {
      said += chunk.toString();
      if (chunk.toString().endsWith("PING\r\n")) socket.write("PONG\r\n");
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  address = `nats://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => new Promise<void>((resolve) => void server.close(() => resolve())));
beforeEach(() => void (said = ""));

test("nats: the event is published to the channel, by who the Secret says", async () => {
  const event = sampleEvent();
  const settings = sampleSettings("nats", { address, channel: "flux.events" }, { username: "u", password: "p" });
  await nats.send(event, settings, fakePorts().ports);
  const payload = encodeJson(event);
  expect(said).toContain(`PUB flux.events ${Buffer.byteLength(payload)}\r\n${payload}\r\n`);
  expect(said).toContain('"user":"u","pass":"p"');
});

test.each([
  [{ channel: "a" }, "NATS server (address) cannot be empty"],
  [{ address: "nats://127.0.0.1:4222" }, "NATS subject (channel) cannot be empty"],
])("nats: refuses %j", async (spec, message) => {
  const settings = sampleSettings("nats", spec);
  await expect(nats.send(sampleEvent(), settings, fakePorts().ports)).rejects.toThrow(message);
});
