import { spawnSync } from "node:child_process";
import { generateKeyPairSync, randomBytes } from "node:crypto";
import { createServer, type AddressInfo, type Socket } from "node:net";

/** An SSH server as far as its host key, which is as far as a client goes that does not know the key. */
export interface SshHost {
  readonly port: number;
  /** A line of `known_hosts` for the key that the host has. */
  readonly knownHosts: string;
  /** The same for a key that it had, or never had. */
  readonly otherKnownHosts: string;
  stop(): Promise<void>;
}

/**
 * Starts one. Clients check the host key before the signature of the exchange (OpenSSH `input_kex_gen_reply`), so there is
 * none. Source: RFC 4253 sections 4, 6, 7 and 8; RFC 8731; RFC 8709.
 */
export async function startSshHost(): Promise<SshHost> {
  const key = newHostKey();
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on("error", () => undefined);
    socket.once("close", () => sockets.delete(socket));
    socket.write("SSH-2.0-Testing\r\n");
    socket.write(packet(keyExchangeInit()));
    let received = Buffer.alloc(0);
    socket.on("data", (chunk) => {
      received = Buffer.concat([received, chunk]);
      if (findMessage(received, keyExchangeRequest)) socket.write(packet(keyExchangeReply(key)));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const lineOf = (blob: Buffer): string => `[127.0.0.1]:${port} ssh-ed25519 ${blob.toString("base64")}\n`;
  return {
    port,
    knownHosts: lineOf(key),
    otherKnownHosts: lineOf(newHostKey()),
    stop: () =>
      new Promise((resolve) => {
        for (const socket of sockets) socket.destroy();
        server.close(() => resolve());
      }),
  };
}

/** Whether this machine has an SSH client. */
export function hasSsh(): boolean {
  return spawnSync("ssh", ["-V"]).status === 0;
}

const keyExchangeInitNumber = 20;
const keyExchangeRequest = 30;
const keyExchangeReplyNumber = 31;

function newHostKey(): Buffer {
  const { x = "" } = generateKeyPairSync("ed25519").publicKey.export({ format: "jwk" });
  return Buffer.concat([text("ssh-ed25519"), text(Buffer.from(x, "base64url"))]);
}

function keyExchangeInit(): Buffer {
  const lists = [
    "curve25519-sha256",
    "ssh-ed25519",
    ...twice("aes256-ctr"),
    ...twice("hmac-sha2-256"),
    ...twice("none"),
  ];
  const last = [...twice("")].map(text);
  return Buffer.concat([
    Buffer.of(keyExchangeInitNumber),
    randomBytes(16),
    ...lists.map(text),
    ...last,
    Buffer.alloc(5),
  ]);
}

function keyExchangeReply(hostKey: Buffer): Buffer {
  const signature = Buffer.concat([text("ssh-ed25519"), text(Buffer.alloc(64))]);
  return Buffer.concat([Buffer.of(keyExchangeReplyNumber), text(hostKey), text(randomBytes(32)), text(signature)]);
}

function twice(name: string): [string, string] {
  return [name, name];
}

/** A string with its length before it. */
function text(value: string | Buffer): Buffer {
  const bytes = Buffer.from(value);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(bytes.length);
  return Buffer.concat([length, bytes]);
}

/** A payload as an unencrypted packet: lengths, padding to eight bytes. */
function packet(payload: Buffer): Buffer {
  const paddingLength = 4 + ((8 - ((5 + payload.length + 4) % 8)) % 8);
  const head = Buffer.alloc(5);
  head.writeUInt32BE(1 + payload.length + paddingLength);
  head.writeUInt8(paddingLength, 4);
  return Buffer.concat([head, payload, randomBytes(paddingLength)]);
}

/** Whether a client's packets, after its version line, have a message of this number. */
function findMessage(received: Buffer, number: number): boolean {
  let at = received.indexOf("\n") + 1;
  while (at > 0 && at + 6 <= received.length) {
    if (received[at + 5] === number) return true;
    at += 4 + received.readUInt32BE(at);
  }
  return false;
}
