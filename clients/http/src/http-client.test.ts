import type { IncomingMessage, ServerResponse } from "node:http";
import { gzipSync } from "node:zlib";
import { fakeClock } from "@eddy/core/clock";
import { afterEach, describe, expect, test } from "vitest";
import { createHttpClient, fetchIfChanged, statusError, type HttpClient, type HttpClientOptions } from "./index.ts";
import { redirectOf } from "./redirect.ts";
import { parseRetryAfter } from "./status-error.ts";
import { createServers } from "./testing/listen.ts";

const servers = createServers();
const clients: HttpClient[] = [];
const open = (options?: HttpClientOptions): HttpClient => {
  const client = createHttpClient(options);
  clients.push(client);
  return client;
};
afterEach(() => {
  for (const client of clients.splice(0)) client.close();
  servers.close();
});
const bodyOf = async (request: IncomingMessage): Promise<string> => Buffer.concat(await request.toArray()).toString();

describe("redirects", () => {
  const from = new URL("https://a.example/x");
  const cases = [
    { name: "200 is none", method: "GET", status: 200, location: "/y", want: undefined },
    { name: "no location is none", method: "GET", status: 302, location: undefined, want: undefined },
    { name: "304 is none", method: "GET", status: 304, location: "/y", want: undefined },
    { name: "relative", method: "GET", status: 302, location: "y?z", want: ["https://a.example/y?z", true] },
    {
      name: "POST becomes GET at 301",
      method: "POST",
      status: 301,
      location: "/y",
      want: ["https://a.example/y", false],
    },
    {
      name: "PUT becomes GET at 303",
      method: "PUT",
      status: 303,
      location: "/y",
      want: ["https://a.example/y", false],
    },
    {
      name: "POST stays at 307",
      method: "POST",
      status: 307,
      location: "//b.example/y",
      want: ["https://b.example/y", true],
    },
    { name: "HEAD stays", method: "HEAD", status: 301, location: "/y", want: ["https://a.example/y", true] },
  ];
  test.each(cases)("$name", ({ method, status, location, want }) => {
    const next = redirectOf(from, method, { status, location });
    expect(next && [next.url.href, next.keepsBody]).toEqual(want);
  });

  test.each([
    ["http://a.example/x", "refused to leave https for http"],
    ["file:///etc/passwd", "the location is no http or https URL"],
    ["https://", "the location is no http or https URL"],
  ])("to %s are refused", (location, detail) => {
    expect(() => redirectOf(from, "GET", { status: 302, location })).toThrow(detail);
  });

  test("carry credentials to the first origin only, and come back to it with them", async () => {
    const seen: Record<string, unknown>[] = [];
    const note = async (request: IncomingMessage): Promise<void> => {
      const { authorization, cookie, "x-key": key, "x-open": open } = request.headers;
      seen.push({ url: request.url, authorization, cookie, key, open, body: await bodyOf(request) });
    };
    const other = await servers.listen((request, response) => {
      void note(request).then(() => response.writeHead(307, { location: `${own}/c` }).end());
    });
    const own: string = await servers.listen((request, response) => {
      const location = request.url === "/a" ? `${other}/b` : undefined;
      void note(request).then(() => response.writeHead(location ? 307 : 200, location ? { location } : {}).end("end"));
    });
    const headers = { cookie: "c", "x-open": "o" };
    const request = { method: "POST", headers, credentials: { "X-Key": "k" }, body: "text" };
    const response = await open().request(`${own.replace("//", "//u:p%40@")}/a`, request);
    expect([await response.text(), response.url.href]).toEqual(["end", `${own}/c`]);
    const basic = `Basic ${Buffer.from("u:p@").toString("base64")}`;
    expect(seen).toEqual([
      { url: "/a", authorization: basic, cookie: "c", key: "k", open: "o", body: "text" },
      { url: "/b", authorization: undefined, cookie: undefined, key: undefined, open: "o", body: "text" },
      { url: "/c", authorization: basic, cookie: "c", key: "k", open: "o", body: "text" },
    ]);
  });

  test("end, or are not followed at all", async () => {
    const url = await servers.listen((_, response) => response.writeHead(302, { location: "/x?secret" }).end());
    const error = await open()
      .request(`${url}/?secret`)
      .catch((reason) => reason);
    expect(error).toMatchObject({
      kind: "redirect",
      code: "HTTP_REDIRECT",
      message: `follow ${url}: more than 10 redirects`,
    });
    const response = await open().request(url, { maxRedirects: 0 });
    expect([response.status, response.headers["location"]]).toEqual([302, "/x?secret"]);
    response.discard();
  });
});

describe("bodies", () => {
  test("are unpacked, or given as they are stored", async () => {
    const packed = gzipSync("text");
    const url = await servers.listen((request, response) => {
      const coded = request.headers["accept-encoding"] === "gzip" || request.url === "/always";
      if (coded) response.setHeader("content-encoding", "gzip");
      response.end(coded ? packed : "plain");
    });
    expect(await (await open().request(url)).text()).toBe("text");
    expect(await (await open().request(url, { decompress: false })).text()).toBe("plain");
    expect(await (await open().request(`${url}/always`, { decompress: false })).bytes()).toEqual(packed);
  });

  test.each([
    ["announced", (response: ServerResponse) => response.end("x".repeat(101))],
    [
      "in chunks",
      (response: ServerResponse) => {
        response.write("x".repeat(60));
        response.end("x".repeat(60));
      },
    ],
    [
      "packed",
      (response: ServerResponse) => response.setHeader("content-encoding", "gzip").end(gzipSync("x".repeat(9_000_000))),
    ],
  ])("have a bound: %s", async (_, answer) => {
    const url = await servers.listen((_, response) => void answer(response));
    const response = await open().request(url, { maxBytes: 100 });
    await expect(response.bytes()).rejects.toMatchObject({ kind: "tooLarge", detail: "it has more than 100 bytes" });
  });

  test("that break off or cannot be unpacked are errors", async () => {
    const url = await servers.listen((request, response) => {
      if (request.url === "/gzip") return void response.setHeader("content-encoding", "gzip").end("no gzip");
      response.setHeader("content-length", 100).write("half");
      setImmediate(() => response.destroy());
    });
    const broken = await open().request(url);
    await expect(broken.text()).rejects.toMatchObject({ kind: "unreachable" });
    const garbled = await open().request(`${url}/gzip`);
    await expect(garbled.text()).rejects.toMatchObject({ kind: "protocol" });
  });

  test("of HEAD and 304 are empty, whatever their headers say", async () => {
    const url = await servers.listen((request, response) => {
      const status = request.method === "HEAD" ? 200 : 304;
      response.writeHead(status, { "content-encoding": "gzip", "content-length": 9 }).end();
    });
    const client = open({ maxConnections: 1 });
    expect(await (await client.request(url, { method: "HEAD" })).text()).toBe("");
    expect(await Array.fromAsync((await client.request(url)).body)).toEqual([]);
    expect((await client.request(url)).headers["content-length"]).toBe("9");
  });
});

describe("time", () => {
  test("runs out before the answer and in the middle of it", async () => {
    const url = await servers.listen((request, response) => void (request.url === "/half" && response.write("x")));
    const clock = fakeClock();
    const silent = open({ clock }).request(url, { timeoutMs: 5_000 });
    clock.advance(5_000);
    await expect(silent).rejects.toMatchObject({ kind: "timeout", message: "context deadline exceeded (5s)" });
    const half = await open({ clock }).request(`${url}/half`, { timeoutMs: 5_000 });
    const body = half.bytes();
    clock.advance(5_000);
    await expect(body).rejects.toMatchObject({ kind: "timeout" });
  });

  test("leaves no timer behind an answer that was read, discarded or failed", async () => {
    const url = await servers.listen((_, response) => response.end("x"));
    const clock = fakeClock();
    const client = open({ clock });
    const closed = (response: { discard(): void }): Promise<void> =>
      new Promise((resolve) => {
        response.discard();
        setImmediate(resolve);
      });
    await (await client.request(url)).bytes();
    await closed(await client.request(url));
    await client.request("http://127.0.0.1:1").catch(() => {});
    await (await client.request(url)).bytes();
    await new Promise(setImmediate);
    expect(clock.pending()).toBe(0);
  });

  test("is the caller's too: the signal's reason is what is thrown", async () => {
    const url = await servers.listen(() => {});
    const controller = new AbortController();
    const pending = open().request(url, { signal: controller.signal });
    controller.abort(new Error("stop"));
    await expect(pending).rejects.toThrow("stop");
    await expect(open().request(url, { signal: controller.signal })).rejects.toThrow("stop");
  });
});

describe("connections", () => {
  test("that the server closed are replaced, unless sending twice could do harm", async () => {
    const url = await servers.raw((socket) => {
      socket.once("data", () => {
        socket.write("HTTP/1.1 200 OK\r\ncontent-length: 1\r\n\r\nx");
        socket.once("data", () => socket.resetAndDestroy());
      });
    });
    const client = open({ maxConnections: 1 });
    const send = async (method: string): Promise<string> => (await client.request(url, { method, body: "b" })).text();
    expect([await send("POST"), await send("PUT"), await send("PUT")]).toEqual(["x", "x", "x"]);
    await expect(send("POST")).rejects.toMatchObject({ kind: "unreachable" });
  });

  test("that fail say where, and nothing else", async () => {
    const error = await open()
      .request("http://u:secret@127.0.0.1:1/secret?secret")
      .catch((reason) => reason);
    expect(error).toMatchObject({ kind: "unreachable", class: "retry", detail: "connect ECONNREFUSED 127.0.0.1:1" });
    expect(error.message).toBe("connect http://127.0.0.1:1: connect ECONNREFUSED 127.0.0.1:1");
    await expect(open().request("ftp://127.0.0.1/secret")).rejects.toThrow("the address is no http or https URL");
  });

  test.each([
    ["socks5://proxy.example:1080", 'scheme "socks5" is not supported, want "http" or "https"'],
    ["proxy", "the address is not a URL"],
  ])("through the proxy %s are refused at once", (address, detail) => {
    expect(() => createHttpClient({ proxy: { address } })).toThrow(detail);
  });

  test("go through a proxy for plain HTTP, with the proxy's credentials for the proxy only", async () => {
    const seen: (string | undefined)[] = [];
    const url = await servers.listen(({ headers }, response) => {
      seen.push(headers["proxy-authorization"], headers.host);
      response.end("there");
    });
    const proxy = await servers.proxy();
    const client = open({ proxy: { address: proxy.url.replace("//", "//u:p@") } });
    expect(await (await client.request(`${url}/a?b`)).text()).toBe("there");
    const basic = `Basic ${Buffer.from("u:p").toString("base64")}`;
    expect([proxy.asked, proxy.authorizations]).toEqual([[`GET ${url}/a?b`], [basic]]);
    expect(seen.at(-1)).toBe(new URL(url).host);
  });
});

describe("the environment's proxy", () => {
  test("is used, unless one is given or none is wanted", async () => {
    const asked: (string | undefined)[] = [];
    const proxy = await servers.listen((request, response) => {
      asked.push(request.url);
      response.end("by proxy");
    });
    const env = { HTTP_PROXY: proxy, NO_PROXY: "0.0.0.0" };
    const named = open({ env });
    expect(await (await named.request("http://origin.invalid/a")).text()).toBe("by proxy");
    const nobody = "http://0.0.0.0:1/";
    await expect(named.request(nobody)).rejects.toThrow("ECONNREFUSED");
    await expect(open({ env: { HTTP_PROXY: proxy }, direct: true }).request(nobody)).rejects.toThrow("ECONNREFUSED");
    const given = open({ env: { HTTP_PROXY: "http://127.0.0.1:1" }, proxy: { address: proxy } });
    expect(await (await given.request("http://origin.invalid/b")).text()).toBe("by proxy");
    expect(asked).toEqual(["http://origin.invalid/a", "http://origin.invalid/b"]);
    await expect(open({ env: { HTTP_PROXY: "socks5://x:1" } }).request("http://origin.invalid/")).rejects.toMatchObject(
      {
        kind: "configuration",
      },
    );
  });
});

describe("statuses", () => {
  test.each([
    [401, "authentication"],
    [403, "authentication"],
    [404, "notFound"],
    [418, "refused"],
    [429, "unavailable"],
    [503, "unavailable"],
  ])("%i is %s, with what the server said in plain text", async (status, kind) => {
    const url = await servers.listen((_, response) =>
      response.writeHead(status, { "content-type": "text/plain", "retry-after": "7" }).end(`why\u0007 not\nsecond`),
    );
    const error = await statusError(await open().request(url), "do it");
    expect(error).toMatchObject({ kind, status, retryAfterMs: 7_000 });
    expect(error.message).toMatch(new RegExp(`^do it: ${status} .*: why\\? not$`));
  });

  test.each([
    ["5", 5_000],
    ["Thu, 01 Jan 1970 00:00:09 GMT", 9_000],
    ["Wed, 31 Dec 1969 00:00:00 GMT", 0],
    ["999999999", 3_600_000],
    ["soon", undefined],
    [undefined, undefined],
  ])("retry-after %s is %s ms", (text, want) => expect(parseRetryAfter(text, 0)).toBe(want));

  test("a body is fetched only when its validators changed", async () => {
    let etag = '"1"';
    const asked: unknown[] = [];
    const url = await servers.listen(({ headers }, response) => {
      asked.push([headers["if-none-match"], headers["if-modified-since"]]);
      response.setHeader("etag", etag).setHeader("last-modified", "then");
      if (headers["if-none-match"] === etag) return response.writeHead(304).end();
      return response.end(`body of ${etag}`);
    });
    const client = open();
    const first = await fetchIfChanged(client, url, {}, { doing: "fetch" });
    const second = await fetchIfChanged(client, url, first.validators, { doing: "fetch" });
    etag = '"2"';
    const third = await fetchIfChanged(client, url, second.validators, { doing: "fetch" });
    expect([first.changed, second.changed, third.changed]).toEqual([true, false, true]);
    expect(third.changed && Buffer.from(third.bytes).toString()).toBe('body of "2"');
    expect(asked).toEqual([
      [undefined, undefined],
      ['"1"', "then"],
      ['"1"', "then"],
    ]);
  });
});
