import { createHash, generateKeyPairSync, sign, type KeyObject } from "node:crypto";
import { describe, expect, test } from "vitest";
import { fetchTufTarget, sigstoreRoot } from "../index.ts";
import { canonicalJson } from "./canonical-json.ts";
import { authorityOf, parseMetadata, verifySignatures } from "./metadata.ts";

const now = Date.UTC(2026, 0, 1);
const later = "2027-01-01T00:00:00Z";
interface Key {
  readonly id: string;
  readonly privateKey: KeyObject;
  readonly json: object;
}
function makeKey(id: string): Key {
  const { publicKey, privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const pem = publicKey.export({ type: "spki", format: "pem" }).toString();
  return { id, privateKey, json: { keytype: "ecdsa", scheme: "ecdsa-sha2-nistp256", keyval: { public: pem } } };
}
function makeRawKey(id: string): Key {
  const { publicKey, privateKey } = generateKeyPairSync("ed25519");
  const raw = publicKey.export({ type: "spki", format: "der" }).subarray(12).toString("hex");
  return { id, privateKey, json: { keytype: "ed25519", scheme: "ed25519", keyval: { public: raw } } };
}
const [first, second, third, online] = [makeKey("1"), makeRawKey("2"), makeKey("3"), makeRawKey("o")];

function signed(content: Record<string, unknown>, ...keys: readonly Key[]): string {
  const bytes = Buffer.from(canonicalJson(content as never));
  const signatures = keys.map(({ id, privateKey }) => ({
    keyid: id,
    sig: sign(privateKey.asymmetricKeyType === "ed25519" ? null : "sha256", bytes, privateKey).toString("hex"),
  }));
  return JSON.stringify({ signatures, signed: content });
}

const rootOf = (version: number, keys: readonly Key[], expires = later): Record<string, unknown> => ({
  _type: "root",
  version,
  expires,
  consistent_snapshot: true,
  keys: Object.fromEntries([...keys, online].map(({ id, json }) => [id, json])),
  roles: {
    root: { keyids: keys.map(({ id }) => id), threshold: 2 },
    ...Object.fromEntries(["timestamp", "snapshot", "targets"].map((role) => [role, { keyids: ["o"], threshold: 1 }])),
  },
});
const target = '{"a":1}';
const digest = createHash("sha256").update(target).digest("hex");

/** A repository that gives the target, with whatever a case changes. */
function repository(changes: Record<string, string | undefined> = {}): Record<string, string | undefined> {
  const meta = (role: string, version: number, more: object): Record<string, unknown> => ({
    _type: role,
    version,
    expires: later,
    ...more,
  });
  return {
    "2.root.json": signed(rootOf(2, [second, third]), first, second, third),
    "timestamp.json": signed(meta("timestamp", 7, { meta: { "snapshot.json": { version: 5 } } }), online),
    "5.snapshot.json": signed(meta("snapshot", 5, { meta: { "targets.json": { version: 3 } } }), online),
    "3.targets.json": signed(
      meta("targets", 3, { targets: { "root.json": { length: target.length, hashes: { sha256: digest } } } }),
      online,
    ),
    [`targets/${digest}.root.json`]: target,
    ...changes,
  };
}
const trusted = signed(rootOf(1, [first, second]), first, second);
const read = async (
  files: Record<string, string | undefined>,
  versions: Record<string, number> = {},
): Promise<{ text: string; versions: unknown; root: string }> => {
  const port = {
    now: () => now,
    fetch: (path: string) => {
      const text = files[path];
      return Promise.resolve(text === undefined ? undefined : Buffer.from(text));
    },
  };
  const found = await fetchTufTarget("root.json", { root: trusted, versions }, port);
  return { text: Buffer.from(found.target).toString(), versions: found.state.versions, root: found.state.root };
};

describe("a TUF repository", () => {
  test("its target is found by way of its roots", async () => {
    const { text, versions, root } = await read(repository());
    expect(text).toBe(target);
    expect(versions).toEqual({ timestamp: 7, snapshot: 5, targets: 3 });
    expect(JSON.parse(root)).toMatchObject({ signed: { version: 2 } });
  });

  const meta = (role: string, version: number, more: object): string =>
    signed({ _type: role, version, expires: later, ...more }, online);
  test.each<[string, Record<string, string | undefined>, RegExp]>([
    [
      "a root that the old one did not sign",
      { "2.root.json": signed(rootOf(2, [second, third]), third) },
      /root metadata has 0 valid signatures, want 2/,
    ],
    [
      "a root that too few sign",
      { "2.root.json": signed(rootOf(2, [second, third]), first, second) },
      /root metadata has 1 valid signatures, want 2/,
    ],
    [
      "one key twice",
      { "2.root.json": signed(rootOf(2, [second, third]), second, second) },
      /has 1 valid signatures, want 2/,
    ],
    [
      "a root of another version",
      { "2.root.json": signed(rootOf(4, [second, third]), first, second, third) },
      /2.root.json has version 4/,
    ],
    [
      "a root that has expired",
      { "2.root.json": signed(rootOf(2, [second, third], "2025-01-01T00:00:00Z"), first, second, third) },
      /root metadata expired/,
    ],
    [
      "a timestamp of nobody",
      { "timestamp.json": signed({ _type: "timestamp", version: 7, expires: later }, third) },
      /timestamp metadata has 0 valid/,
    ],
    [
      "a timestamp that is old",
      { "timestamp.json": signed({ _type: "timestamp", version: 7, expires: "2025-01-01T00:00:00Z" }, online) },
      /timestamp metadata expired/,
    ],
    [
      "a snapshot of another version",
      { "5.snapshot.json": meta("snapshot", 4, { meta: {} }) },
      /has version 4, want 5/,
    ],
    [
      "a snapshot that is a timestamp",
      { "5.snapshot.json": repository()["timestamp.json"] },
      /it is no snapshot metadata/,
    ],
    ["targets that are not there", { "3.targets.json": undefined }, /3.targets.json is not there/],
    [
      "targets without the target",
      { "3.targets.json": meta("targets", 3, { targets: {} }) },
      /does not name root.json/,
    ],
    [
      "a target without a digest",
      { "3.targets.json": meta("targets", 3, { targets: { "root.json": { length: 7 } } }) },
      /a target has no digest/,
    ],
    ["a target that was changed", { [`targets/${digest}.root.json`]: '{"a":2}' }, /has another sha256/],
    ["a target that is longer", { [`targets/${digest}.root.json`]: `${target} ` }, /has 8 bytes, want 7/],
    ["what is no JSON", { "timestamp.json": "<html>" }, /unable to initialize trusted root/],
  ])("%s is refused", async (_, changes, message) => {
    await expect(read(repository(changes))).rejects.toThrow(message);
  });

  test("versions do not go back", async () => {
    await expect(read(repository(), { timestamp: 8 })).rejects.toThrow("went back from version 8 to 7");
  });
});

test("sigstore's root is signed by its own keys: what is canonical here is canonical there", () => {
  const envelope = parseMetadata(Buffer.from(sigstoreRoot), "root");
  const authority = authorityOf(envelope.signed, "root");
  expect(authority.threshold).toBeGreaterThan(1);
  const bytes = Buffer.from(canonicalJson(envelope.signed));
  expect(() => verifySignatures(envelope, authority, bytes)).not.toThrow();
  const changed = Buffer.from(bytes.toString().replace('"version":', '"version":1'));
  expect(() => verifySignatures(envelope, authority, changed)).toThrow("valid signatures");
});
