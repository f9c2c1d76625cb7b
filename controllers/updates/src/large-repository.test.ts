import { createHash } from "node:crypto";
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, expect, it } from "vitest";
import { startUpdatesBed, type UpdatesBed } from "./testing/updates-bed.ts";

let bed: UpdatesBed;
let large: LargeRegistry;
beforeAll(async () => {
  [bed, large] = await Promise.all([startUpdatesBed(), startLargeRegistry()]);
});
afterAll(async () => {
  await bed.stop();
  large.stop();
});

const [count, pageSize, small] = [50_000, 1_000, 20];
const updated = { labels: { "keel.sh/policy": "minor" } };

it("50,000 tags stall nobody: others are told, asked and updated while they are listed, and have their turn while they are judged", async () => {
  const namespace = await bed.enterNamespace();
  const name = (index: number): string => `${namespace}/app-${index}`;
  const apps = [];
  for (let index = 0; index < small; index++) {
    for (const tag of ["1.0.0", "1.1.0"]) bed.push(`${name(index)}:${tag}`);
    apps.push(await bed.deploy(`app-${index}`, `${bed.registry.host}/${name(index)}:1.0.0`, updated));
  }
  const repository = `${large.host}/big/app`;
  const app = await bed.deploy("large", `${repository}:1.0.0`, updated);
  const call = async (of: string): Promise<void> => await expect.poll(() => bed.handle.loop.hint(of, "1.1.0")).toBe(1);
  await call(repository);
  await large.waitsAtLastPage;
  for (let index = 0; index < small; index++) await call(`${bed.registry.host}/${name(index)}`);
  await Promise.all(apps.map((ref, index) => bed.untilImage(ref, `${bed.registry.host}/${name(index)}:1.1.0`)));
  expect(await bed.imageOf(app)).toBe(`${repository}:1.0.0`);

  let turns = 0;
  let ticking = true;
  const tick = (): void => {
    turns++;
    if (ticking) setImmediate(tick);
  };
  setImmediate(tick);
  large.release();
  // The manifest of what was chosen is asked for once the choice is made.
  await large.asksForManifest;
  ticking = false;
  expect(turns).toBeGreaterThanOrEqual(count / pageSize - 1);
  await bed.untilImage(app, `${repository}:1.499.99`);
});

interface LargeRegistry {
  readonly host: string;
  /** All pages but the last are given. */
  readonly waitsAtLastPage: Promise<void>;
  readonly asksForManifest: Promise<void>;
  /** Gives the last page. */
  release(): void;
  stop(): void;
}

/** A registry of one repository whose last page of tags comes when it is told to. */
async function startLargeRegistry(): Promise<LargeRegistry> {
  const tags = Array.from({ length: count }, (_, index) => `1.${Math.floor(index / 100)}.${index % 100}`);
  const [waiting, asked] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const mediaType = "application/vnd.oci.image.manifest.v1+json";
  const config = { mediaType: "application/vnd.oci.image.config.v1+json", digest: `sha256:${"0".repeat(64)}`, size: 2 };
  const manifest = JSON.stringify({ schemaVersion: 2, mediaType, config, layers: [] });
  const digest = `sha256:${createHash("sha256").update(manifest).digest("hex")}`;
  const manifestHeaders = {
    "content-type": mediaType,
    "docker-content-digest": digest,
    "content-length": manifest.length,
  };
  const given = Promise.withResolvers<void>();
  const answerPage = async (at: number, response: ServerResponse): Promise<void> => {
    const next = at + pageSize;
    if (next >= count) {
      waiting.resolve();
      await given.promise;
    }
    const link = next < count ? { link: `</v2/big/app/tags/list?n=${pageSize}&last=${next}>; rel="next"` } : {};
    response.writeHead(200, { "content-type": "application/json", ...link });
    response.end(JSON.stringify({ name: "big/app", tags: tags.slice(at, next) }));
  };
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? "/", "http://registry");
    if (url.pathname.endsWith("/tags/list"))
      return void answerPage(Number(url.searchParams.get("last") ?? 0), response);
    if (!url.pathname.includes("/manifests/")) return void response.writeHead(200).end("{}");
    asked.resolve();
    response.writeHead(200, manifestHeaders).end(request.method === "HEAD" ? undefined : manifest);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    host: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    waitsAtLastPage: waiting.promise,
    asksForManifest: asked.promise,
    release: () => given.resolve(),
    stop() {
      server.closeAllConnections();
      server.close();
    },
  };
}
