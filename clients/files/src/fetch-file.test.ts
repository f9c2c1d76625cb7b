import { createServer, type IncomingMessage, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { gzipSync } from "node:zlib";
import { afterEach, expect, test } from "vitest";
import { fetchFile, FileFetchError } from "./fetch-file.ts";

const servers: Server[] = [];

async function serve(handler: RequestListener): Promise<string> {
  const server = createServer(handler);
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

const text = async (url: string, maxBytes = 100): Promise<string> =>
  new TextDecoder().decode(await fetchFile(url, { maxBytes }));

test("gives the body, also a compressed one", async () => {
  const url = await serve((request, response) => {
    if (request.url === "/plain?x=1") return response.end("plain");
    return response.setHeader("content-encoding", "gzip").end(gzipSync("packed"));
  });
  expect(await text(`${url}/plain?x=1`)).toBe("plain");
  expect(await text(`${url}/packed`)).toBe("packed");
});

test("sends credentials to the URL's own origin only", async () => {
  const seen: [string | undefined, string | undefined][] = [];
  const note = ({ url, headers }: IncomingMessage): void => void seen.push([url, headers.authorization]);
  const other = await serve((request, response) => {
    note(request);
    response.end("there");
  });
  const own = await serve((request, response) => {
    note(request);
    const location = request.url === "/a" ? "/b" : `${other}/c`;
    response.writeHead(302, { location }).end();
  });
  expect(await text(`${own.replace("//", "//us%40er:pa%20ss@")}/a`)).toBe("there");
  const basic = `Basic ${Buffer.from("us@er:pa ss").toString("base64")}`;
  expect(seen).toEqual([
    ["/a", basic],
    ["/b", basic],
    ["/c", undefined],
  ]);
});

test("refuses with the status, and without what is secret", async () => {
  const url = await serve((_, response) => response.writeHead(404).end("no"));
  const error = await fetchFile(`${url.replace("//", "//u:secret@")}/x?token=secret`, { maxBytes: 9 }).catch((e) => e);
  expect(error).toBeInstanceOf(FileFetchError);
  expect(error).toMatchObject({
    status: 404,
    code: "FILE_FETCH_FAILED",
    message: `fetch '${url}/x': HTTP Error: status code 404 (Not Found)`,
  });
});

test("stops at the bound, also of what grows when it is unpacked", async () => {
  const url = await serve((request, response) => {
    if (request.url === "/plain") return response.end("x".repeat(101));
    return response.setHeader("content-encoding", "gzip").end(gzipSync("x".repeat(1_000_000)));
  });
  for (const path of ["/plain", "/packed"])
    await expect(text(`${url}${path}`)).rejects.toThrow(`fetch '${url}${path}': it has more than 100 bytes`);
  expect(await text(`${url}/plain`, 101)).toHaveLength(101);
});

test("follows redirects to an end", async () => {
  const url = await serve((request, response) => response.writeHead(301, { location: `${request.url}a` }).end());
  await expect(text(`${url}/a`)).rejects.toThrow(`fetch '${url}/a': more than 10 redirects`);
});

test.each(["file:///etc/passwd", "ftp://host.example/x", "data:text/plain,x"])(
  "a redirect to %s is refused",
  async (location) => {
    const url = await serve((_, response) => response.writeHead(302, { location }).end());
    await expect(text(url)).rejects.toThrow("is no http or https URL");
  },
);

test("gives up in time, and when nobody is there", async () => {
  const url = await serve(() => {});
  await expect(fetchFile(url, { maxBytes: 1, timeoutMs: 20 })).rejects.toThrow(FileFetchError);
  await expect(text("http://127.0.0.1:1/x")).rejects.toThrow("ECONNREFUSED");
});
