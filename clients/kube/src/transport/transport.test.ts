import dns from "node:dns";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import { syncBuiltinESMExports } from "node:module";
import { connect as connectSocket, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { once } from "node:events";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import { fakeClock } from "@eddy/core/clock";
import { connect } from "../connect.ts";
import { KubeApiError, KubeConnectionError } from "../errors.ts";
import type { ClusterConfig, UserConfig } from "../kubeconfig/kube-config.ts";
import { answer, failure, startServer, testCertificate } from "../testing/start-server.ts";
import { createAgents } from "./agents.ts";
import { determineRetry } from "./exchange.ts";
import { rateLimit } from "./rate-limit.ts";
import { parseServer } from "./server-address.ts";

describe("determineRetry", () => {
  const limits = { maxRetries: 3, maxRetryAfterMs: 30_000 };
  const cases: [name: string, answer: Parameters<typeof determineRetry>[0], want: number | undefined][] = [
    ["429 waits as told", { status: 429, retryAfter: "2", attempt: 0 }, 2_000],
    ["429 without a time waits a second", { status: 429, retryAfter: undefined, attempt: 0 }, 1_000],
    ["503 with Retry-After waits", { status: 503, retryAfter: "1", attempt: 2 }, 1_000],
    ["504 with Retry-After waits", { status: 504, retryAfter: "1", attempt: 0 }, 1_000],
    ["503 alone stands", { status: 503, retryAfter: undefined, attempt: 0 }, undefined],
    ["409 stands", { status: 409, retryAfter: "1", attempt: 0 }, undefined],
    ["enough is enough", { status: 429, retryAfter: "1", attempt: 3 }, undefined],
    ["an hour is too long", { status: 429, retryAfter: "3600", attempt: 0 }, undefined],
    ["a date counts as a second", { status: 429, retryAfter: "Wed, 21 Oct 2026 07:28:00 GMT", attempt: 0 }, 1_000],
  ];
  test.for(cases)("%s", ([, given, want]) => expect(determineRetry(given, limits)).toBe(want));
});

test("a refused request is repeated when the server says so, and only as often as allowed", async () => {
  const clock = fakeClock();
  let refusals = 2;
  const server = await startServer((_, response) =>
    refusals-- > 0
      ? answer(response, failure(429, "TooManyRequests"), 429, { "retry-after": "7" })
      : answer(response, { gitVersion: "v1" }),
  );
  const kube = connect(server.config, { clock });
  const version = kube.version();
  for (const count of [1, 2]) {
    await expect.poll(() => server.seen.length).toBe(count);
    await expect.poll(() => clock.pending()).toBeGreaterThan(0);
    await new Promise((resolve) => setImmediate(resolve));
    clock.advance(7_000);
  }
  expect(await version).toEqual({ gitVersion: "v1" });
  kube.close();
});

test("no answer in time is a Timeout, an abort is the caller's own reason", async () => {
  const clock = fakeClock();
  const server = await startServer(() => {});
  const kube = connect(server.config, { clock, timeoutMs: 5_000 });
  const slow = kube.version();
  await expect.poll(() => server.seen.length).toBe(1);
  clock.advance(5_000);
  await expect(slow).rejects.toMatchObject({ code: "KUBE_CONNECTION", failure: "Timeout" });
  const aborting = new AbortController();
  const aborted = kube.raw("GET", "/readyz", { signal: aborting.signal });
  await expect.poll(() => server.seen.length).toBe(2);
  aborting.abort(new Error("no longer wanted"));
  await expect(aborted).rejects.toThrow("no longer wanted");
  kube.close();
});

test("a connection that the server closed while idle is replaced for what may be repeated, not for a create", async () => {
  const server = await startServer((request, response, incoming) => {
    if (request.connection === 1 && server.seen.length > 1) return void incoming.socket.destroy();
    answer(response, { gitVersion: "v1", kind: "Status" });
  });
  const kube = connect(server.config, { maxSockets: 1 });
  await kube.version();
  expect(await kube.version()).toMatchObject({ gitVersion: "v1" });
  expect(server.connections).toBe(2);
  kube.close();
});

test("requests go over kept connections, impersonated ones too", async () => {
  const server = await startServer((_, response) => answer(response, {}));
  const kube = connect(server.config);
  const alice = kube.impersonate({
    user: "alice",
    groups: ["devs", "ops"],
    uid: "7",
    extra: { "example.org/Scope": ["a", "b"] },
  });
  for (const client of [kube, alice, kube, alice]) await client.version();
  expect(server.connections).toBe(1);
  expect(server.seen[0]?.headers["impersonate-user"]).toBeUndefined();
  expect(server.seen[1]?.headers).toMatchObject({
    "impersonate-user": "alice",
    "impersonate-group": "devs, ops",
    "impersonate-uid": "7",
    "impersonate-extra-example.org%2fscope": "a, b",
    "user-agent": "eddy/0.1.0",
  });
  expect(server.seen[0]?.headers["accept-encoding"]).toBeUndefined();
  expect(() => kube.impersonate({ user: "" })).toThrow("impersonate a user");
  kube.close();
});

describe("TLS", () => {
  const attempt = async (cluster: Partial<ClusterConfig>, user: UserConfig = {}, tls = "server"): Promise<unknown> => {
    const server = await startServer(
      (_, response, incoming) =>
        answer(response, {
          cn: (
            incoming.socket as unknown as { getPeerCertificate(): { subject?: { CN?: string } } }
          ).getPeerCertificate().subject?.CN,
        }),
      { tls, clientCertificates: true },
    );
    const kube = connect({ ...server.config, cluster: { ...server.config.cluster, ...cluster }, user });
    onTestFinished(() => kube.close());
    return kube.version();
  };
  const refused: [name: string, tls: string, cluster: Partial<ClusterConfig>, why: string][] = [
    [
      "an unknown authority",
      "server",
      { caData: testCertificate("expired.crt") },
      "self-signed certificate in certificate chain",
    ],
    ["an expired certificate", "expired", {}, "certificate has expired"],
    ["a certificate of another host", "elsewhere", {}, "altnames"],
    ["a name that it does not have", "server", { tlsServerName: "elsewhere.example" }, "altnames"],
  ];
  test.for(refused)("%s is refused", async ([, tls, cluster, why]) => {
    const error = await attempt(cluster, {}, tls).catch((error: unknown) => error);
    expect(error).toBeInstanceOf(KubeConnectionError);
    expect(error).toMatchObject({ failure: "Tls" });
    expect(String(error)).toContain(why);
  });
  test("tls-server-name is what is checked", async () => {
    await expect(attempt({ tlsServerName: "elsewhere.example" }, {}, "elsewhere")).resolves.toBeDefined();
  });
  test("insecure-skip-tls-verify takes anything", async () => {
    await expect(attempt({ insecureSkipTlsVerify: true }, {}, "expired")).resolves.toBeDefined();
  });
  test("a client certificate is shown", async () => {
    const user = { clientCertificateData: testCertificate("client.crt"), clientKeyData: testCertificate("client.key") };
    expect(await attempt({}, user)).toEqual({ cn: "alice" });
  });
  test("a certificate without its key is refused before anything is sent", async () => {
    await expect(attempt({}, { clientCertificateData: testCertificate("client.crt") })).rejects.toThrow(
      "without its key",
    );
  });
});

test("a proxy is used with CONNECT, and its refusal is told", async () => {
  const proxied: string[] = [];
  let open = true;
  const proxy: Server = createServer().on("connect", (request, socket, head) => {
    proxied.push(`${request.url} ${request.headers["proxy-authorization"]}`);
    if (!open) return void socket.end("HTTP/1.1 403 Forbidden\r\n\r\n");
    const [host, port] = (request.url ?? "").split(":");
    const target = connectSocket(Number(port), host, () => {
      socket.write("HTTP/1.1 200 OK\r\n\r\n");
      target.write(head);
      socket.pipe(target).pipe(socket);
    });
    target.on("error", () => socket.destroy());
    socket.on("error", () => target.destroy());
  });
  proxy.listen(0, "127.0.0.1");
  await once(proxy, "listening");
  onTestFinished(() => void proxy.close());
  const server = await startServer((_, response) => answer(response, { gitVersion: "v1" }), { tls: "server" });
  const proxyUrl = `http://me:secret@127.0.0.1:${(proxy.address() as AddressInfo).port}`;
  const config = { ...server.config, cluster: { ...server.config.cluster, proxyUrl } };
  const kube = connect(config);
  expect(await kube.version()).toEqual({ gitVersion: "v1" });
  expect(await kube.version()).toEqual({ gitVersion: "v1" });
  expect(proxied).toEqual([
    `${server.url.slice("https://".length)} Basic ${Buffer.from("me:secret").toString("base64")}`,
  ]);
  kube.close();
  open = false;
  const refused = connect(config);
  const error = await refused.version().catch((error: unknown) => error);
  expect(error).toBeInstanceOf(KubeConnectionError);
  expect(String(error)).toContain("answered 403 to CONNECT");
  expect(String(error)).not.toContain("secret");
  refused.close();
  const socks = connect({ ...config, cluster: { ...config.cluster, proxyUrl: "socks5://127.0.0.1:1" } });
  await expect(socks.version()).rejects.toThrow('its scheme is "socks5", want http or https');
});

describe("a kubeconfig that an object names", () => {
  const refusal = "addresses of metadata services are out of reach";
  const ask = async (cluster: ClusterConfig): Promise<unknown> => {
    const kube = connect(
      { context: "c", namespace: "default", cluster, user: {} },
      { refusesMetadata: true, timeoutMs: 2_000 },
    );
    onTestFinished(() => kube.close());
    return kube.version();
  };

  test.for<[name: string, cluster: ClusterConfig]>([
    ["a server at an address", { server: "http://169.254.255.254/latest/meta-data" }],
    ["a server over TLS", { server: "https://[::ffff:169.254.255.254]" }],
    ["a server in other words", { server: "http://0xa9fefffe/" }],
    ["a server by name", { server: "http://api.metadata.test/latest" }],
    ["a server over TLS by name", { server: "https://api.metadata.test" }],
    ["a server behind a proxy", { server: "https://169.254.255.254", proxyUrl: "http://127.0.0.1:1" }],
    ["a proxy at an address", { server: "https://api.example.org", proxyUrl: "http://169.254.255.254" }],
    ["a proxy by name", { server: "https://api.example.org", proxyUrl: "http://proxy.metadata.test:80" }],
    ["a proxy over TLS by name", { server: "http://api.example.org", proxyUrl: "https://proxy.metadata.test" }],
  ])("leads to no metadata service: %s", async ([, cluster]) => {
    vi.spyOn(dns, "lookup").mockImplementation(((_: string, { all }: { all?: boolean }, callback: unknown) => {
      const found = { address: "169.254.255.254", family: 4 };
      const done = callback as (error: null, found: unknown, family?: number) => void;
      if (all) done(null, [found]);
      else done(null, found.address, 4);
    }) as typeof dns.lookup);
    syncBuiltinESMExports();
    onTestFinished(() => {
      vi.restoreAllMocks();
      syncBuiltinESMExports();
    });
    const error = await ask(cluster).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(KubeConnectionError);
    expect(String(error)).toContain(refusal);
  });

  test("leads elsewhere as before, and the process's own anywhere", async () => {
    const server = await startServer((_, response) => answer(response, { gitVersion: "v1" }));
    expect(await ask({ server: server.url.replace("127.0.0.1", "localhost") })).toEqual({ gitVersion: "v1" });
    const base = parseServer("http://169.254.255.254:9");
    const agentsFor = (refusesMetadata: boolean): unknown =>
      createAgents({ server: "" }, base, undefined, undefined, { maxSockets: 1, refusesMetadata });
    expect(() => agentsFor(false)).not.toThrow();
    expect(() => agentsFor(true)).toThrow(refusal);
  });
});

describe("credentials", () => {
  const folder = (): string => {
    const directory = mkdtempSync(join(tmpdir(), "eddy-kube-"));
    onTestFinished(() => rmSync(directory, { recursive: true }));
    return directory;
  };
  test("a token file is read again after a minute, and at once after a 401", async () => {
    const clock = fakeClock();
    const tokenFile = join(folder(), "token");
    const accepted = new Set(["Bearer one", "Bearer two"]);
    const server = await startServer((request, response) =>
      accepted.has(request.headers.authorization ?? "")
        ? answer(response, {})
        : answer(response, failure(401, "Unauthorized"), 401),
    );
    const kube = connect({ ...server.config, user: { tokenFile } }, { clock });
    const sent = (): unknown => server.seen.at(-1)?.headers.authorization;
    writeFileSync(tokenFile, "one\n");
    await kube.version();
    writeFileSync(tokenFile, "two\n");
    await kube.version();
    expect(sent()).toBe("Bearer one");
    clock.advance(60_000);
    await kube.version();
    expect(sent()).toBe("Bearer two");
    accepted.clear();
    accepted.add("Bearer three");
    writeFileSync(tokenFile, "three");
    await kube.version();
    expect(sent()).toBe("Bearer three");
    accepted.clear();
    await expect(kube.version()).rejects.toMatchObject({ status: { code: 401, reason: "Unauthorized" } });
    kube.close();
  });
  test("basic", async () => {
    const server = await startServer((_, response) => answer(response, {}));
    await connect({ ...server.config, user: { username: "me", password: "p:w" } }).version();
    expect(server.seen[0]?.headers.authorization).toBe(`Basic ${Buffer.from("me:p:w").toString("base64")}`);
  });
  test("an exec plugin is asked once until its credential expires, and told of the cluster", async () => {
    const clock = fakeClock();
    const directory = folder();
    const count = join(directory, "count");
    writeFileSync(count, "");
    const script = `
      const fs = require("node:fs"); fs.appendFileSync(${JSON.stringify(count)}, "x");
      const info = JSON.parse(process.env.KUBERNETES_EXEC_INFO);
      const token = [fs.readFileSync(${JSON.stringify(count)}, "utf8").length, process.env.FLAVOUR, info.spec.cluster.server].join(" ");
      console.log(JSON.stringify({ apiVersion: info.apiVersion, kind: "ExecCredential", status: { token, expirationTimestamp: ${JSON.stringify(new Date(clock.now() + 100_000).toISOString())} } }));`;
    const server = await startServer((_, response) => answer(response, {}));
    const exec = {
      apiVersion: "client.authentication.k8s.io/v1",
      command: process.execPath,
      args: ["-e", script],
      env: [{ name: "FLAVOUR", value: "vanilla" }],
      provideClusterInfo: true,
      interactiveMode: "Never" as const,
    };
    const kube = connect({ ...server.config, user: { exec } }, { clock });
    await Promise.all([kube.version(), kube.version()]);
    expect(server.seen.map(({ headers }) => headers.authorization)).toEqual([
      `Bearer 1 vanilla ${server.url}`,
      `Bearer 1 vanilla ${server.url}`,
    ]);
    clock.advance(100_001);
    await kube.version();
    expect(server.seen.at(-1)?.headers.authorization).toBe(`Bearer 2 vanilla ${server.url}`);
    kube.close();
    const failing = connect({
      ...server.config,
      user: {
        exec: { ...exec, args: ["-e", `console.log("a secret"); console.error("please log in"); process.exit(3)`] },
      },
    });
    const error = await failing.version().catch((error: unknown) => error);
    expect(String(error)).toContain("exit code 3: please log in");
    expect(String(error)).not.toContain("a secret");
    const missing = connect({
      ...server.config,
      user: { exec: { ...exec, command: "eddy-no-such-plugin", installHint: "install it" } },
    });
    await expect(missing.version()).rejects.toMatchObject({
      code: "EXEC_PLUGIN",
      class: "terminal",
      hint: "install it",
    });
  });
});

test("the token bucket lets a burst pass and then one at a time", async () => {
  const clock = fakeClock();
  const limit = rateLimit(10, 2, clock);
  const passed: number[] = [];
  const start = clock.now();
  for (let index = 0; index < 4; index++)
    void (limit.admit() ?? Promise.resolve()).then(() => passed.push(clock.now() - start));
  await Promise.resolve();
  expect(passed).toEqual([0, 0]);
  clock.advance(100);
  await new Promise((resolve) => setImmediate(resolve));
  clock.advance(100);
  await new Promise((resolve) => setImmediate(resolve));
  expect(passed).toEqual([0, 0, 100, 200]);
});

test("an answer that is no Status still says what happened", async () => {
  const server = await startServer((_, response) =>
    response.writeHead(502, { "content-type": "text/html" }).end("<h1>bad gateway</h1>"),
  );
  const error = await connect(server.config)
    .version()
    .catch((error: unknown) => error);
  expect(error).toBeInstanceOf(KubeApiError);
  expect(error).toMatchObject({ status: { code: 502, message: "<h1>bad gateway</h1>" } });
  const nobody = connect({ ...server.config, cluster: { server: "http://127.0.0.1:1" } });
  await expect(nobody.version()).rejects.toMatchObject({ code: "KUBE_CONNECTION", failure: "Unreachable" });
});
