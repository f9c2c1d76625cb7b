import { memoryTree } from "@eddy/core/tree";
import { load } from "@eddy/goyaml";
import { afterEach, describe, expect, it } from "vitest";
import { startChartRepository, type ChartRepository, type ChartRepositoryOptions } from "./index.ts";

let running: ChartRepository | undefined;

async function start(options: ChartRepositoryOptions = {}): Promise<ChartRepository> {
  running = await startChartRepository({ now: () => 0, ...options });
  return running;
}

afterEach(async () => {
  await running?.stop();
  running = undefined;
});

const chart = (version: string) =>
  memoryTree({
    "Chart.yaml": `apiVersion: v2\nname: web\nversion: ${version}\nkeywords: [a, "b: c"]\nannotations: {x: "1"}\n`,
    "templates/pod.yaml": "kind: Pod\n",
  });

describe("a chart repository", () => {
  it("lists what was added, and serves it", async () => {
    const repository = await start({ path: "/charts/" });
    const { digest } = repository.add(chart("1.0.0"));
    const index = await (await fetch(`${repository.url}/index.yaml`)).text();
    expect(load(index)).toEqual({
      apiVersion: "v1",
      entries: {
        web: [
          {
            apiVersion: "v2",
            name: "web",
            version: "1.0.0",
            keywords: ["a", "b: c"],
            annotations: { x: "1" },
            created: "1970-01-01T00:00:00.000Z",
            digest,
            urls: ["web-1.0.0.tgz"],
          },
        ],
      },
      generated: "1970-01-01T00:00:00.000Z",
    });
    const bytes = Buffer.from(await (await fetch(`${repository.url}/web-1.0.0.tgz`)).arrayBuffer());
    repository.remove("web", "1.0.0");
    expect((await fetch(`${repository.url}/web-1.0.0.tgz`)).status).toBe(404);
    expect(repository.add(bytes)).toEqual({ name: "web", version: "1.0.0", digest });
    expect(repository.requests().map(({ url, status }) => `${url} ${status}`)).toEqual([
      "/charts/index.yaml 200",
      "/charts/web-1.0.0.tgz 200",
      "/charts/web-1.0.0.tgz 404",
    ]);
  });

  it("answers a conditional request with 304 until something changes", async () => {
    const repository = await start();
    repository.add(chart("1.0.0"));
    const first = await fetch(`${repository.url}/index.yaml`);
    const headers = { "if-none-match": first.headers.get("etag") ?? "" };
    await first.text();
    expect((await fetch(`${repository.url}/index.yaml`, { headers })).status).toBe(304);
    repository.add(chart("1.1.0"));
    expect((await fetch(`${repository.url}/index.yaml`, { headers })).status).toBe(200);
  });

  it("wants its credentials", async () => {
    const repository = await start({ credentials: { username: "eddy", password: "secret" } });
    expect((await fetch(`${repository.url}/index.yaml`)).status).toBe(401);
    const authorization = `Basic ${Buffer.from("eddy:secret").toString("base64")}`;
    expect((await fetch(`${repository.url}/index.yaml`, { headers: { authorization } })).status).toBe(200);
  });

  it("is told what to answer and to list", async () => {
    const repository = await start({
      chartUrl: "https://elsewhere/x",
      intercept: ({ url }) => (url === "/teapot" ? { status: 418, body: "short" } : undefined),
    });
    expect((await fetch(`${repository.url}/teapot`)).status).toBe(418);
    repository.add(chart("1.0.0"), { digest: "00", fileName: "odd.tgz" });
    expect(repository.index()).toContain('"digest": "00"');
    expect(repository.index()).toContain('"https://elsewhere/x/odd.tgz"');
    repository.setIndex("broken");
    expect(await (await fetch(`${repository.url}/index.yaml`)).text()).toBe("broken");
  });

  it("refuses what is no chart, and to be open to everybody", async () => {
    const repository = await start();
    expect(() => repository.add(memoryTree({ "Chart.yaml": "name: x\n" }))).toThrow("has no name and version");
    await expect(startChartRepository({ host: "0.0.0.0" })).rejects.toThrow("not a loopback address");
  });
});
