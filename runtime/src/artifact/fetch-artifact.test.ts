import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, onTestFinished, test } from "vitest";
import { fakeClock } from "@eddy/core/clock";
import { digestOf } from "@eddy/core/digest";
import { fetchArtifact } from "./fetch-artifact.ts";

const content = "an artifact";

async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function fetchText(url: string, maxBytes = 100, clock = fakeClock()): Promise<string> {
  return Buffer.from(await fetchArtifact({ url, digest: digestOf(content) }, { maxBytes }, { clock })).toString();
}

test("follows redirects, also to another host", async () => {
  const store = await serve((_, response) => response.end(content));
  const url = await serve((_, response) => response.writeHead(302, { location: `${store}/a.tar.gz` }).end());
  expect(await fetchText(url)).toBe(content);
});

test.each([
  ["its URL", "http://169.254.169.254/latest/user-data"],
  ["its URL in other words", "http://[::ffff:a9fe:a9fe]/latest/user-data"],
  ["a redirect", "HOST/away"],
])("%s leads to no metadata service", async (_name, url) => {
  const away = "http://169.254.169.254/latest/meta-data/iam";
  const host = await serve((_, response) => response.writeHead(302, { location: away }).end());
  await expect(fetchText(url.replace("HOST", host))).rejects.toThrow("addresses of metadata services are out of reach");
});

test.each([
  [404, "ARTIFACT_NOT_FOUND", "artifact not found"],
  [403, "ARTIFACT_FETCH", "status 403"],
  [429, "ARTIFACT_UNREACHABLE", "status 429"],
  [503, "ARTIFACT_UNREACHABLE", "status 503"],
])("%i is %s", async (status, code, why) => {
  const url = await serve((_, response) => response.writeHead(status).end("why"));
  await expect(fetchText(url)).rejects.toMatchObject({ code, message: `fetch artifact from ${url}: ${why}` });
});

test("takes no more than it may, no other bytes, and nothing from nobody", async () => {
  const url = await serve((_, response) => response.end(content));
  const message = `fetch artifact from ${url}: more than 10 bytes`;
  await expect(fetchText(url, 10)).rejects.toMatchObject({ code: "ARTIFACT_FETCH", message });
  const other = await serve((_, response) => response.end("others"));
  await expect(fetchText(other)).rejects.toMatchObject({ code: "ARTIFACT_DIGEST_MISMATCH" });
  await expect(fetchText("http://127.0.0.1:1/a")).rejects.toMatchObject({
    code: "ARTIFACT_UNREACHABLE",
    message: "fetch artifact from http://127.0.0.1:1/a: connect ECONNREFUSED 127.0.0.1:1",
  });
  await expect(fetchText("file:///etc/passwd")).rejects.toThrow("not an http or https URL");
});

test("a server that stops in the middle of its answer holds nobody for ever", async () => {
  const clock = fakeClock();
  const url = await serve((_, response) => void response.write("half"));
  const fetched = fetchText(url, 100, clock);
  await expect.poll(() => clock.pending()).toBeGreaterThan(0);
  clock.advance(300_000);
  await expect(fetched).rejects.toMatchObject({
    code: "ARTIFACT_UNREACHABLE",
    message: `fetch artifact from ${url}: context deadline exceeded (5m0s)`,
  });
});

test("an abort is the caller's own reason", async () => {
  const url = await serve(() => {});
  const aborting = new AbortController();
  const artifact = { url, digest: digestOf(content) };
  const fetched = fetchArtifact(artifact, { maxBytes: 100 }, { clock: fakeClock(), signal: aborting.signal });
  aborting.abort(new Error("enough"));
  await expect(fetched).rejects.toThrow("enough");
});
