import { createHash, generateKeyPairSync, sign } from "node:crypto";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, expect, test } from "vitest";
import { fakeClock } from "@eddy/core/clock";
import { createPublicTrustRoot } from "./public-trust-root.ts";

const closes: (() => void)[] = [];
afterEach(() => {
  for (const close of closes.splice(0)) close();
});

async function serve(files: Record<string, string>): Promise<{ mirror: string; asked: string[] }> {
  const asked: string[] = [];
  const server = createServer(({ url = "" }, response) => {
    asked.push(url.slice(1));
    const text = files[url.slice(1)];
    response.writeHead(text === undefined ? 404 : 200).end(text);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  closes.push(() => void server.close());
  return { mirror: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked };
}

/** All roles signed by one key; keys of the objects stand sorted, as they are signed. */
function repository(target: string): { root: string; files: Record<string, string> } {
  const { publicKey, privateKey } = generateKeyPairSync("ed25519");
  const raw = publicKey.export({ type: "spki", format: "der" }).subarray(12).toString("hex");
  const signed = (content: object): string => {
    const sig = sign(null, Buffer.from(JSON.stringify(content)), privateKey).toString("hex");
    return JSON.stringify({ signatures: [{ keyid: "k", sig }], signed: content });
  };
  const expires = "2030-01-01T00:00:00Z";
  const role = { keyids: ["k"], threshold: 1 };
  const sha256 = createHash("sha256").update(target).digest("hex");
  return {
    root: signed({
      _type: "root",
      expires,
      keys: { k: { keytype: "ed25519", keyval: { public: raw }, scheme: "ed25519" } },
      roles: { root: role, snapshot: role, targets: role, timestamp: role },
      version: 1,
    }),
    files: {
      "timestamp.json": signed({ _type: "timestamp", expires, meta: { "snapshot.json": { version: 1 } }, version: 1 }),
      "1.snapshot.json": signed({ _type: "snapshot", expires, meta: { "targets.json": { version: 1 } }, version: 1 }),
      "1.targets.json": signed({
        _type: "targets",
        expires,
        targets: { "trusted_root.json": { hashes: { sha256 }, length: target.length } },
        version: 1,
      }),
      [`targets/${sha256}.trusted_root.json`]: target,
    },
  };
}

test("the root is fetched once a day", async () => {
  const { root, files } = repository('{"tlogs":[]}');
  const { mirror, asked } = await serve(files);
  const clock = fakeClock();
  const source = createPublicTrustRoot({ clock, mirror, root });
  expect(await Promise.all([source.get(), source.get()])).toEqual(['{"tlogs":[]}', '{"tlogs":[]}']);
  expect(asked.map((path) => path.replace(/[0-9a-f]{64}/, "…"))).toEqual([
    "2.root.json",
    "timestamp.json",
    "1.snapshot.json",
    "1.targets.json",
    "targets/….trusted_root.json",
  ]);
  clock.advance(23 * 3_600_000);
  await source.get();
  expect(asked).toHaveLength(5);
  clock.advance(2 * 3_600_000);
  await source.get();
  expect(asked).toHaveLength(10);
});

test("a failure is told to all, and tried again after a minute", async () => {
  const { mirror, asked } = await serve({});
  const clock = fakeClock();
  const source = createPublicTrustRoot({ clock, mirror });
  const message = "unable to initialize trusted root: timestamp.json is not there";
  await expect(source.get()).rejects.toThrow(message);
  await expect(source.get()).rejects.toMatchObject({ class: "retry" });
  expect(asked).toEqual(["15.root.json", "timestamp.json"]);
  clock.advance(61_000);
  await expect(source.get()).rejects.toThrow(message);
  expect(asked).toHaveLength(4);
});

test("a mirror of somebody else is not believed", async () => {
  const { root } = repository("a");
  const { mirror } = await serve(repository("b").files);
  const source = createPublicTrustRoot({ clock: fakeClock(), mirror, root });
  await expect(source.get()).rejects.toThrow("timestamp metadata has 0 valid signatures");
});
