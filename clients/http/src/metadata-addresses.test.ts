import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createHttpClient } from "./create-http-client.ts";
import { isMetadataAddress, lookupElsewhere } from "./metadata-addresses.ts";

test.each([
  ["169.254.169.254", true],
  ["169.254.170.23", true],
  ["[fe80::1]", true],
  ["fe80::1%eth0", true],
  ["::ffff:169.254.169.254", true],
  ["fd00:ec2::254", true],
  ["100.100.100.200", true],
  ["127.0.0.1", false],
  ["10.0.0.1", false],
  ["169.253.255.255", false],
  ["fd00::1", false],
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
