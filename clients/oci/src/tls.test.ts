import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, request } from "node:http";
import { connect, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { startRegistry, type Registry, type RegistryOptions } from "@eddy/registry";
import { createOciClient, parseRepository, type OciClient, type OciClientOptions } from "./index.ts";

const dir = mkdtempSync(join(tmpdir(), "eddy-oci-tls-"));
const pem = (file: string): string => readFileSync(join(dir, file), "utf8");
const openssl = (...args: string[]): void => void execFileSync("openssl", args, { cwd: dir, stdio: "pipe" });
const stops: (() => unknown)[] = [];

beforeAll(() => {
  const key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"];
  openssl("req", "-x509", ...key, "-keyout", "ca.key", "-out", "ca.crt", "-days", "2", "-subj", "/CN=test-ca");
  writeFileSync(join(dir, "ext"), "subjectAltName=IP:127.0.0.1");
  const signed = ["-CA", "ca.crt", "-CAkey", "ca.key", "-CAcreateserial", "-days", "2", "-extfile", "ext"];
  for (const who of ["server", "client"]) {
    openssl("req", ...key, "-keyout", `${who}.key`, "-out", `${who}.csr`, "-subj", `/CN=${who}`);
    openssl("x509", "-req", "-in", `${who}.csr`, "-out", `${who}.crt`, ...signed);
  }
});
afterEach(async () => {
  for (const stop of stops.splice(0).reverse()) await stop();
});
afterAll(() => rmSync(dir, { recursive: true, force: true }));

async function start(options: RegistryOptions): Promise<Registry> {
  const registry = await startRegistry(options);
  stops.push(() => registry.stop());
  registry.putBlob("org/app", Buffer.from("hello"));
  return registry;
}
function open(options: OciClientOptions): OciClient {
  const client = createOciClient({ limits: { retryDelayMs: 1 }, ...options });
  stops.push(() => client.close());
  return client;
}
const list = (registry: Registry, options: OciClientOptions): Promise<string[]> =>
  open(options).listTags(parseRepository(`${registry.host}/org/app`));

test("a registry is trusted by its authority, or not at all, or by whoever says so", async () => {
  const registry = await start({ tls: { cert: pem("server.crt"), key: pem("server.key") } });
  await expect(list(registry, {})).rejects.toThrow("tls: failed to verify certificate");
  expect(await list(registry, { caCert: pem("ca.crt") })).toEqual([]);
  expect(await list(registry, { insecureSkipVerify: true })).toEqual([]);
});

test("a registry that wants a certificate is shown one", async () => {
  const registry = await start({ tls: { cert: pem("server.crt"), key: pem("server.key"), clientCa: pem("ca.crt") } });
  const caCert = pem("ca.crt");
  await expect(list(registry, { caCert })).rejects.toMatchObject({ code: "OCI_CONNECT" });
  const identity = { cert: pem("client.crt"), key: pem("client.key") };
  expect(await list(registry, { caCert, identity })).toEqual([]);
});

test("a proxy is used for both schemes", async () => {
  const seen: string[] = [];
  const proxy = createServer((incoming, outgoing) => {
    seen.push(`${incoming.method} ${incoming.url}`);
    const onward = request(incoming.url ?? "", { method: incoming.method, headers: incoming.headers }, (answer) => {
      outgoing.writeHead(answer.statusCode ?? 500, answer.headers);
      answer.pipe(outgoing);
    });
    incoming.pipe(onward);
  });
  proxy.on("connect", (incoming, socket) => {
    seen.push(`CONNECT ${incoming.url}`);
    const [host, port] = (incoming.url ?? "").split(":");
    const target = connect(Number(port), host, () => {
      socket.write("HTTP/1.1 200 OK\r\n\r\n");
      target.pipe(socket).pipe(target);
    });
    target.on("error", () => socket.destroy());
    socket.on("error", () => target.destroy());
  });
  await new Promise<void>((resolve) => proxy.listen(0, "127.0.0.1", resolve));
  stops.push(() => {
    proxy.closeAllConnections();
    proxy.close();
  });
  const address = `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`;
  const plain = await start({});
  expect(await list(plain, { proxy: { address } })).toEqual([]);
  expect(seen).toContain(`GET ${plain.url}/v2/org/app/tags/list?n=1000`);
  const secure = await start({ tls: { cert: pem("server.crt"), key: pem("server.key") } });
  expect(await list(secure, { caCert: pem("ca.crt"), proxy: { address } })).toEqual([]);
  expect(seen).toContain(`CONNECT ${secure.host}`);
});
