import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type AddressInfo, type Server, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { TLSSocket } from "node:tls";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { publish } from "./publish.ts";

const dir = mkdtempSync(join(tmpdir(), "eddy-nats-tls-"));
const pem = (file: string): string => readFileSync(join(dir, file), "utf8");
const openssl = (...args: string[]): void => void execFileSync("openssl", args, { cwd: dir, stdio: "pipe" });
const names = { address: "IP:127.0.0.1", name: "DNS:localhost", elsewhere: "IP:127.0.0.9" };
const servers: Server[] = [];
const sockets = new Set<Socket>();

beforeAll(() => {
  const key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"];
  openssl("req", "-x509", ...key, "-keyout", "ca.key", "-out", "ca.crt", "-days", "2", "-subj", "/CN=test-ca");
  for (const [who, name] of Object.entries(names)) {
    writeFileSync(join(dir, "ext"), `subjectAltName=${name}`);
    openssl("req", ...key, "-keyout", `${who}.key`, "-out", `${who}.csr`, "-subj", `/CN=${who}`);
    const signed = ["-CA", "ca.crt", "-CAkey", "ca.key", "-CAcreateserial", "-days", "2", "-extfile", "ext"];
    openssl("x509", "-req", "-in", `${who}.csr`, "-out", `${who}.crt`, ...signed);
  }
});
afterEach(() => {
  for (const socket of sockets) socket.destroy();
  for (const server of servers.splice(0)) server.close();
});
afterAll(() => rmSync(dir, { recursive: true, force: true }));

/** Greets, goes on under TLS, and says yes to everything. */
async function listen(who: string): Promise<number> {
  const server = createServer((plain) => {
    sockets.add(plain);
    plain.on("error", () => undefined);
    plain.write(`INFO ${JSON.stringify({ tls_required: true })}\r\n`);
    const socket = new TLSSocket(plain, { isServer: true, cert: pem(`${who}.crt`), key: pem(`${who}.key`) });
    socket.on("error", () => undefined);
    socket.on("data", (chunk: Buffer) => {
      for (const line of chunk.toString().split("\r\n")) if (line === "PING") socket.write("PONG\r\n");
    });
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return (server.address() as AddressInfo).port;
}

describe("the server's certificate", () => {
  const send = async (who: string, host: string, caCert: string | undefined): Promise<void> =>
    publish({
      address: `nats://${host}:${await listen(who)}`,
      subject: "events",
      payload: "{}",
      signal: AbortSignal.timeout(5_000),
      ...(caCert === undefined ? {} : { tls: { caCert } }),
    });

  test.each([
    ["of its address", "address", "127.0.0.1"],
    ["of its name", "name", "localhost"],
  ])("%s is taken", async (_, who, host) => {
    await send(who, host, pem("ca.crt"));
  });

  test.each([
    ["of another address", "elsewhere", "127.0.0.1"],
    ["of a name, at an address", "name", "127.0.0.1"],
    ["of an address, at a name", "address", "localhost"],
  ])("%s is refused", async (_, who, host) => {
    await expect(send(who, host, pem("ca.crt"))).rejects.toThrow("does not match certificate's altnames");
  });

  test("of an unknown authority is refused", async () => {
    await expect(send("address", "127.0.0.1", undefined)).rejects.toThrow("unable to");
  });
});
