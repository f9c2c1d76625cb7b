import dns from "node:dns";
import { createServer } from "node:http";
import { syncBuiltinESMExports } from "node:module";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, expect, onTestFinished, test, vi } from "vitest";
import { createAgents } from "./agents.ts";
import { createHttpClient } from "./create-http-client.ts";
import { isMetadataAddress, lookupElsewhere } from "./metadata-addresses.ts";

test.each([
  ["169.254.169.254", true],
  ["169.254.170.23", true],
  ["[fe80::1]", true],
  ["fe80::1%eth0", true],
  ["::ffff:169.254.169.254", true],
  ["::169.254.169.254", true],
  ["64:ff9b::a9fe:a9fe", true],
  ["[64:ff9b::6464:64c8]", true],
  ["fd00:ec2::254", true],
  ["fd00:ec2::23", true],
  ["fd00:42::42", true],
  ["192.0.0.192", true],
  ["100.100.100.200", true],
  ["127.0.0.1", false],
  ["10.0.0.1", false],
  ["169.253.255.255", false],
  ["fd00::1", false],
  ["::1", false],
  ["64:ff9b::a9ff:1", false],
  ["metadata.example.com", false],
])("%s is a metadata address: %s", (address, want) => {
  expect(isMetadataAddress(address)).toBe(want);
});

let port = 0;
const server = createServer(({ url = "" }, response) => {
  if (url === "/away") response.writeHead(302, { location: "http://169.254.169.254/latest/meta-data/" });
  response.end("here");
});
beforeAll(async () => {
  await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
  ({ port } = server.address() as AddressInfo);
});
afterAll(() => void server.close());

test.each([
  ["an address", "http://169.254.169.254/latest/meta-data/"],
  ["an address in other words", "http://0xa9fea9fe/latest/meta-data/"],
  ["a decimal address", "http://2852039166/"],
  ["an octal address", "http://0251.0376.0251.0376/"],
  ["an address with a dot at its end", "http://169.254.169.254./"],
  ["a wide address", "http://１６９.254.169.254/"],
  ["a link-local address", "http://[fe80::a9fe:a9fe]/"],
  ["an address within IPv6", "http://[::ffff:a9fe:a9fe]/"],
  ["an address over TLS", "https://169.254.169.254/"],
  ["a redirect", "http://127.0.0.1:PORT/away"],
])("%s of a metadata service is out of reach", async (_name, url) => {
  const client = createHttpClient({ env: {} });
  const asked = client.request(url.replace("PORT", String(port)), { timeoutMs: 2_000 });
  await expect(asked).rejects.toThrow("addresses of metadata services are out of reach");
  client.close();
});

test("through a proxy it is, too, but for a login of the process", async () => {
  const proxy = { address: `http://127.0.0.1:${port}` };
  const client = createHttpClient({ proxy });
  await expect(client.request("http://169.254.169.254/")).rejects.toThrow("out of reach");
  client.close();
  const login = createHttpClient({ proxy, reachesMetadata: true });
  expect(await (await login.request("http://169.254.169.254/")).text()).toBe("here");
  login.close();
});

/** Names that end in `.metadata.test` lead to an address out of reach. */
function withNames(): void {
  const asSockets = dns.lookup;
  vi.spyOn(dns, "lookup").mockImplementation(((name: string, options: { all?: boolean }, callback: unknown) => {
    const found = { address: "169.254.255.254", family: 4 };
    const done = callback as (error: null, found: unknown, family?: number) => void;
    if (!name.endsWith(".metadata.test")) asSockets(name, options, done as never);
    else if (options.all) done(null, [found]);
    else done(null, found.address, 4);
  }) as typeof dns.lookup);
  syncBuiltinESMExports();
  onTestFinished(() => {
    vi.restoreAllMocks();
    syncBuiltinESMExports();
  });
}

test.each([
  ["an address", "http://169.254.255.254", "http://repo.example.org/latest/meta-data/"],
  ["an address in other words", "http://0xa9fefffe:80", "https://repo.example.org/"],
  ["a name", "http://proxy.metadata.test", "http://repo.example.org/latest/meta-data/"],
  ["a name, for a tunnel", "http://proxy.metadata.test", "https://repo.example.org/"],
  ["a name, over TLS", "https://proxy.metadata.test", "http://repo.example.org/"],
  ["a name, for a tunnel over TLS", "https://proxy.metadata.test", "https://repo.example.org/"],
])("a proxy that is %s of a metadata service is out of reach", async (_name, address, url) => {
  withNames();
  const client = createHttpClient({ proxy: { address } });
  const asked = client.request(url, { timeoutMs: 2_000 });
  await expect(asked).rejects.toThrow("addresses of metadata services are out of reach");
  client.close();
});

test("a proxy of the environment is where the operator says", () => {
  const origin = new URL("https://repo.example.org/");
  const address = "http://169.254.255.254";
  expect(() => createAgents({ env: { HTTPS_PROXY: address } }).agentFor(origin)).not.toThrow();
  expect(() => createAgents({ proxy: { address } }).agentFor(origin)).toThrow("out of reach");
});

test("a name is judged by where it leads", async () => {
  const ask = (name: string): Promise<string> =>
    new Promise((resolve) => lookupElsewhere(name, { all: true }, (error) => resolve(error ? error.message : "")));
  expect(await ask("localhost")).toBe("");
  // An address is its own name.
  expect(await ask("169.254.169.254")).toContain("out of reach");
});

test("other addresses are as they were", async () => {
  const client = createHttpClient({ env: {} });
  expect(await (await client.request(`http://localhost:${port}/`)).text()).toBe("here");
  client.close();
});
