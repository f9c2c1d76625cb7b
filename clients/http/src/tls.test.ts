import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TLSSocket } from "node:tls";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { createHttpClient, type HttpClient, type HttpClientOptions } from "./index.ts";
import { createServers } from "./testing/listen.ts";

const dir = mkdtempSync(join(tmpdir(), "eddy-http-tls-"));
const pem = (file: string): string => readFileSync(join(dir, file), "utf8");
const openssl = (...args: string[]): void => void execFileSync("openssl", args, { cwd: dir, stdio: "pipe" });
const servers = createServers();
const clients: HttpClient[] = [];
const open = (options?: HttpClientOptions): HttpClient => {
  const client = createHttpClient(options);
  clients.push(client);
  return client;
};

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
afterEach(() => {
  for (const client of clients.splice(0)) client.close();
  servers.close();
});
afterAll(() => rmSync(dir, { recursive: true, force: true }));

const secrecy = (): object => ({
  cert: pem("server.crt"),
  key: pem("server.key"),
  ca: pem("ca.crt"),
  requestCert: true,
  rejectUnauthorized: false,
});
const shown = (request: { socket: unknown }): string =>
  String((request.socket as TLSSocket).getPeerCertificate().subject?.CN ?? "nobody");

test("a server is trusted by the given authority, or not at all", async () => {
  const url = await servers.listen((_, response) => response.end("safe"), secrecy());
  const text = async (options?: HttpClientOptions): Promise<string> => (await open(options).request(url)).text();
  await expect(text()).rejects.toMatchObject({ kind: "tls", detail: /tls: failed to verify certificate/ as unknown });
  expect(await text({ caCert: pem("ca.crt") })).toBe("safe");
  expect(await text({ insecureSkipVerify: true })).toBe("safe");
  await expect(text({ caCert: "-----BEGIN CERTIFICATE-----\nx\n-----END CERTIFICATE-----" })).rejects.toMatchObject({
    kind: "configuration",
    class: "terminal",
  });
});

test("the client certificate is shown to its origin alone", async () => {
  const seen: string[] = [];
  const other = await servers.listen((request, response) => {
    seen.push(shown(request));
    response.end("there");
  }, secrecy());
  const origin = await servers.listen((request, response) => {
    seen.push(shown(request));
    response.writeHead(302, { location: other }).end();
  }, secrecy());
  const identity = { origin, cert: pem("client.crt"), key: pem("client.key") };
  const response = await open({ caCert: pem("ca.crt"), identity }).request(origin);
  expect(await response.text()).toBe("there");
  expect(seen).toEqual(["client", "nobody"]);
});

test.each(["http", "https"])("tunnels through an %s proxy; the certificate is shown inside only", async (scheme) => {
  const seen: string[] = [];
  const origin = await servers.listen((request, response) => {
    seen.push(shown(request));
    response.end("inside");
  }, secrecy());
  const proxy = await servers.proxy(scheme === "https" ? secrecy() : undefined);
  const identity = { origin, cert: pem("client.crt"), key: pem("client.key") };
  const proxyOption = { address: proxy.url, username: "u", password: "p" };
  const client = open({ caCert: pem("ca.crt"), identity, proxy: proxyOption });
  for (let turn = 0; turn < 3; turn++) expect(await (await client.request(origin)).text()).toBe("inside");
  expect(seen).toEqual(["client", "client", "client"]);
  expect(proxy.asked).toEqual([`CONNECT ${new URL(origin).host}`]);
  expect(proxy.authorizations).toEqual([`Basic ${Buffer.from("u:p").toString("base64")}`]);
});

test("plain requests through an https proxy share one connection, which closing ends", async () => {
  const url = await servers.listen((_, response) => response.end("plain"));
  const proxy = await servers.proxy(secrecy());
  const client = open({ caCert: pem("ca.crt"), proxy: { address: proxy.url } });
  for (let turn = 0; turn < 3; turn++) expect(await (await client.request(`${url}/${turn}`)).text()).toBe("plain");
  expect(proxy.asked).toEqual([`GET ${url}/0`, `GET ${url}/1`, `GET ${url}/2`]);
  expect(proxy.sockets()).toBe(1);
});

test("a proxy that refuses is named as such", async () => {
  const address = await servers.raw((socket) => {
    socket.once("data", () => socket.end("HTTP/1.1 407 Proxy Authentication Required\r\n\r\n"));
  });
  await expect(open({ proxy: { address } }).request("https://origin.invalid/secret")).rejects.toMatchObject({
    kind: "proxy",
    status: 407,
    message: "connect through proxy: 407 Proxy Authentication Required",
  });
});
