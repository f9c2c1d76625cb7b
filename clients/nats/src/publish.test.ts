import { createServer, type Server, type Socket } from "node:net";
import type { AddressInfo } from "node:net";
import { createPublicKey, verify } from "node:crypto";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { readCredentials, readSeed } from "./nkey.ts";
import { publish, type NatsLogin } from "./publish.ts";

// Made by nkeys for its documentation.
const seed = "SUACSSL3UAHUDXKFSNVUZRF5UHPMWZ6BFDTJ7M6USDXIEDNPPQYYYCU3VY";
const publicKey = "UDXU4RCSJNZOIQHZNWXHXORDPRTGNJAHAHFRGZNEEJCPQTT2M7NLCNF4";

let server: Server;
let port: number;
let info: object;
let refuse: string | undefined;
const said: string[] = [];

beforeAll(async () => {
  server = createServer((socket: Socket) => {
    socket.on("error", () => undefined);
    socket.write(`INFO ${JSON.stringify(info)}\r\n`);
    let text = "";
    socket.on("data", (chunk: Buffer) => {
      text += chunk.toString();
      for (let end = text.indexOf("\r\n"); end >= 0; end = text.indexOf("\r\n")) {
        const line = text.slice(0, end);
        text = text.slice(end + 2);
        said.push(line);
        if (line !== "PING") continue;
        // Servers ask, too, and tell of others.
        socket.write(refuse === undefined ? "PING\r\nINFO {}\r\nPONG\r\n" : `-ERR '${refuse}'\r\n`);
      }
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  ({ port } = server.address() as AddressInfo);
});
afterAll(() => new Promise<void>((resolve) => void server.close(() => resolve())));
beforeEach(() => {
  said.length = 0;
  refuse = undefined;
  info = { server_id: "x", nonce: "a-nonce", max_payload: 100 };
});

const send = (
  changes: { address?: string; subject?: string; payload?: string; login?: NatsLogin } = {},
): Promise<void> =>
  publish({
    address: `nats://127.0.0.1:${port}`,
    subject: "events.flux",
    payload: '{"a":"ü\\r\\n"}',
    signal: AbortSignal.timeout(5_000),
    ...changes,
  });
const hello = (): Record<string, unknown> => {
  const line = said.find((each) => each.startsWith("CONNECT "));
  return JSON.parse(line?.slice("CONNECT ".length) ?? "{}") as Record<string, unknown>;
};

describe("publish()", () => {
  test("says who it is, hands the bytes over, and waits until they are taken", async () => {
    await send();
    const [first, ...rest] = said.filter((line) => line !== "PONG");
    expect(first).toMatch(/^CONNECT /);
    expect(rest).toEqual(["PING", "PUB events.flux 14", '{"a":"ü\\r\\n"}', "PING"]);
    expect(hello()).toMatchObject({ verbose: false, tls_required: false });
  });

  test.each<[string, NatsLogin, object]>([
    ["a user", { username: "u", password: "p" }, { user: "u", pass: "p" }],
    ["a token", { token: "t" }, { auth_token: "t" }],
    ["an nkey", { nkey: seed }, { nkey: publicKey, sig: readSeed(seed).sign("a-nonce") }],
    [
      "a credentials file",
      {
        credentials: `-----BEGIN NATS USER JWT-----\na.b.c\n------END NATS USER JWT------\n\n-----BEGIN USER NKEY SEED-----\n${seed}\n------END USER NKEY SEED------\n`,
      },
      { jwt: "a.b.c", sig: readSeed(seed).sign("a-nonce") },
    ],
  ])("logs in with %s", async (_, login, want) => {
    await send({ login });
    expect(hello()).toMatchObject(want);
  });

  test("the address may log in, and may name several servers", async () => {
    await send({ address: `nats://127.0.0.1:1,nats://me:pass@127.0.0.1:${port}` });
    expect(hello()).toMatchObject({ user: "me", pass: "pass" });
  });

  test("a refusal is the server's own words", async () => {
    refuse = "Authorization Violation";
    await expect(send({ login: { token: "secret-token" } })).rejects.toThrow("'Authorization Violation'");
  });

  test.each<[string, Parameters<typeof send>[0], RegExp]>([
    ["a subject with a wildcard", { subject: "a.*" }, /subject "a\.\*" is not valid/],
    ["no subject", { subject: "" }, /subject "" is not valid/],
    ["a subject that would end its line", { subject: "a\r\nPUB b" }, /is not valid/],
    ["another protocol", { address: "http://127.0.0.1" }, /must be "nats:\/\/host"/],
    ["too many bytes", { payload: "x".repeat(101) }, /101 bytes, and the server takes 100/],
    ["nobody there", { address: "nats://127.0.0.1:1" }, /ECONNREFUSED/],
    ["a metadata service", { address: "nats://169.254.169.254" }, /out of reach/],
    ["a seed that is none", { login: { nkey: "SUAAA" } }, /read nkey: it is no seed/],
  ])("refuses %s", async (_, changes, message) => {
    await expect(send(changes)).rejects.toThrow(message);
  });

  test("a server that speaks something else, or nothing, is given up", async () => {
    const other = createServer((socket) => void socket.write("HTTP/1.1 400 Bad Request\r\n\r\n"));
    await new Promise<void>((resolve) => other.listen(0, "127.0.0.1", resolve));
    const address = `nats://127.0.0.1:${(other.address() as AddressInfo).port}`;
    await expect(send({ address })).rejects.toThrow("does not speak NATS");
    other.close();
  });
});

test("a seed gives its public key, and signs as Ed25519", () => {
  const key = readSeed(seed);
  expect(key.publicKey).toBe(publicKey);
  const raw = Buffer.from("302a300506032b6570032100", "hex");
  const digits = [...publicKey].map((character) => "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".indexOf(character));
  const bits = digits.map((digit) => digit.toString(2).padStart(5, "0")).join("");
  const bytes = Buffer.from((bits.match(/.{8}/g) ?? []).map((byte) => Number.parseInt(byte, 2)));
  const publicPart = createPublicKey({ key: Buffer.concat([raw, bytes.subarray(1, 33)]), format: "der", type: "spki" });
  expect(verify(null, Buffer.from("n"), publicPart, Buffer.from(key.sign("n"), "base64url"))).toBe(true);
});

test("credentials without a seed are refused, and not repeated", () => {
  expect(() => readCredentials("-----BEGIN NATS USER JWT-----\nsecret\n------END NATS USER JWT------")).toThrow(
    "read credentials: there is no USER NKEY SEED",
  );
});
