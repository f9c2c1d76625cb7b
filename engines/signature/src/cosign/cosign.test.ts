import { generateKeyPairSync, sign, type KeyObject } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { verifyCosign, type CosignMaterial, type CosignTrust, type SimpleSignature } from "../index.ts";

const digest = `sha256:${"a".repeat(64)}`;
const other = `sha256:${"b".repeat(64)}`;
const keys = {
  "P-256": generateKeyPairSync("ec", { namedCurve: "P-256" }),
  "P-384": generateKeyPairSync("ec", { namedCurve: "P-384" }),
  RSA: generateKeyPairSync("rsa", { modulusLength: 2048 }),
  Ed25519: generateKeyPairSync("ed25519"),
};
type KeyName = keyof typeof keys;
const stranger = generateKeyPairSync("ec", { namedCurve: "P-256" });
const trustOf = (key: KeyObject): CosignTrust => ({
  kind: "key",
  publicKey: key.export({ type: "spki", format: "pem" }).toString(),
});
const hashOf = (key: KeyObject): string | null => (key.asymmetricKeyType === "ed25519" ? null : "sha256");

function simple(key: KeyObject, claimed: string = digest): SimpleSignature {
  const critical = { image: { "docker-manifest-digest": claimed }, type: "cosign container image signature" };
  const payload = Buffer.from(JSON.stringify({ critical, optional: null }));
  const signature = sign(hashOf(key), payload, key).toString("base64");
  return { payload, annotations: { "dev.cosignproject.cosign/signature": signature } };
}

function bundle(key: KeyObject, claimed: string = digest, payloadType = "application/vnd.in-toto+json"): Buffer {
  const statement = { _type: "https://in-toto.io/Statement/v1", subject: [{ digest: { sha256: claimed.slice(7) } }] };
  const payload = Buffer.from(JSON.stringify(statement));
  const encoding = Buffer.from(`DSSEv1 ${payloadType.length} ${payloadType} ${payload.length} `);
  const sig = sign(hashOf(key), Buffer.concat([encoding, payload]), key).toString("base64");
  return Buffer.from(
    JSON.stringify({
      mediaType: "application/vnd.dev.sigstore.bundle.v0.3+json",
      verificationMaterial: { publicKey: { hint: "x" } },
      dsseEnvelope: { payload: payload.toString("base64"), payloadType, signatures: [{ sig, keyid: "" }] },
    }),
  );
}

const material = (parts: Partial<CosignMaterial>): CosignMaterial => ({
  digest,
  signatures: [],
  bundles: [],
  ...parts,
});

describe("with a key", () => {
  test.each(Object.keys(keys) as KeyName[])("%s: what it signed holds, in both forms", (name) => {
    const { privateKey, publicKey } = keys[name];
    const trust = trustOf(publicKey);
    expect(verifyCosign(material({ signatures: [simple(privateKey)] }), trust)).toEqual({ form: "simple" });
    expect(verifyCosign(material({ bundles: [bundle(privateKey)] }), trust)).toEqual({ form: "bundle" });
  });

  const { privateKey, publicKey } = keys["P-256"];
  const tampered = simple(privateKey);
  test.each<[string, Partial<CosignMaterial>, RegExp]>([
    ["nothing", {}, /^no signatures found$/],
    ["another key", { signatures: [simple(stranger.privateKey)] }, /invalid signature$/],
    ["another key's bundle", { bundles: [bundle(stranger.privateKey)] }, /invalid signature$/],
    [
      "another image",
      { signatures: [simple(privateKey, other)] },
      /the payload is about "sha256:b+", not about sha256:a/,
    ],
    ["another image's bundle", { bundles: [bundle(privateKey, other)] }, /the statement is not about sha256:a/],
    [
      "a payload that was changed",
      {
        signatures: [
          { ...tampered, payload: Buffer.from(String(Buffer.from(tampered.payload)).replace("cosign", "Cosign")) },
        ],
      },
      /invalid signature$/,
    ],
    ["no signature", { signatures: [{ ...tampered, annotations: {} }] }, /invalid signature$/],
    [
      "something else that was signed",
      { bundles: [bundle(privateKey, digest, "text/plain")] },
      /want an in-toto statement$/,
    ],
    ["no bundle", { bundles: [Buffer.from("{}")] }, /no matching signatures/],
    ["no JSON", { bundles: [Buffer.from("<html>")] }, /no matching signatures/],
  ])("%s does not hold", (_, parts, message) => {
    expect(() => verifyCosign(material(parts), trustOf(publicKey))).toThrow(message);
  });

  test("one of many is enough", () => {
    const signatures = [simple(stranger.privateKey), simple(privateKey, other), simple(privateKey)];
    expect(verifyCosign(material({ signatures }), trustOf(publicKey)).form).toBe("simple");
  });

  test.each(["", "nonsense", privateKey.export({ type: "pkcs8", format: "pem" }).toString()])(
    "a key that is no public key is refused",
    (pem) => {
      const attempt = (): unknown => verifyCosign(material({}), { kind: "key", publicKey: pem });
      expect(attempt).toThrow("PEM decoding failed");
    },
  );

  test("no bytes are taken for a signature", () => {
    fc.assert(
      fc.property(fc.uint8Array(), fc.base64String(), (payload, signature) => {
        const signatures = [{ payload, annotations: { "dev.cosignproject.cosign/signature": signature } }];
        const attempt = (): unknown =>
          verifyCosign(material({ signatures, bundles: [Buffer.from(payload)] }), trustOf(publicKey));
        expect(attempt).toThrow("no matching signatures");
      }),
    );
  });
});

describe("keyless", () => {
  const load = (name: string): Buffer => readFileSync(join(import.meta.dirname, "../../testdata/public-good", name));
  const trustedRoot = load("trusted_root.json").toString();
  const signed = (name: string): CosignMaterial => {
    const json = load(`${name}.sigstore.json`);
    const { dsseEnvelope } = JSON.parse(json.toString()) as { dsseEnvelope: { payload: string } };
    const statement = JSON.parse(Buffer.from(dsseEnvelope.payload, "base64").toString()) as {
      subject: { digest: Record<string, string> }[];
    };
    const [algorithm, hex] = Object.entries(statement.subject[0]?.digest ?? {})[0] ?? [];
    return material({ digest: `${algorithm}:${hex}`, bundles: [json] });
  };
  const workflow = signed("workflow");
  const issuer = "https://token.actions.githubusercontent.com";
  const subject = "https://github.com/sigstore/sigstore-js/.github/workflows/release.yml@refs/heads/main";
  const trust = (identities: { issuer: string; subject: string }[], root = trustedRoot): CosignTrust => ({
    kind: "keyless",
    trustedRoot: root,
    identities,
  });

  test("a workflow and a person are who they say", () => {
    expect(verifyCosign(workflow, trust([]))).toEqual({ form: "bundle", identity: { issuer, subject } });
    const person = { issuer: "https://github.com/login/oauth", subject: "brian@dehamer.com" };
    expect(verifyCosign(signed("person"), trust([])).identity).toEqual(person);
  });

  test.each([
    [{ issuer: `^${issuer}$`, subject: "^https://github.com/sigstore/.*$" }],
    [{ issuer: "actions", subject: "sigstore-js" }],
    [{ issuer: ".*", subject: ".*" }],
  ])("%j matches", (identity) => {
    expect(verifyCosign(workflow, trust([{ issuer: "^none$", subject: "" }, identity])).form).toBe("bundle");
  });

  test.each([
    [{ issuer: "^https://accounts.google.com$", subject: ".*" }],
    [{ issuer: ".*", subject: "^https://github.com/evil/.*$" }],
  ])("%j does not", (identity) => {
    expect(() => verifyCosign(workflow, trust([identity]))).toThrow(
      "none of the expected identities matched what was in the certificate",
    );
  });

  const change = (edit: (value: Record<string, never>) => void): CosignMaterial => {
    const value = JSON.parse(Buffer.from(workflow.bundles[0] ?? "").toString()) as Record<string, never>;
    edit(value);
    return { ...workflow, bundles: [Buffer.from(JSON.stringify(value))] };
  };
  type Parts = {
    verificationMaterial: { tlogEntries: { integratedTime: string }[] };
    dsseEnvelope: { payload: string };
  };
  test.each<[string, CosignMaterial]>([
    ["another image", { ...workflow, digest: other }],
    ["no log entry", change((value) => ((value as unknown as Parts).verificationMaterial.tlogEntries = []))],
    [
      "a log entry of another time",
      change((value) => {
        const [entry] = (value as unknown as Parts).verificationMaterial.tlogEntries;
        if (entry) entry.integratedTime = "1700000000";
      }),
    ],
    [
      "another statement",
      change((value) => {
        const envelope = (value as unknown as Parts).dsseEnvelope;
        envelope.payload = Buffer.from(
          Buffer.from(envelope.payload, "base64").toString().replace("sigstore", "sigst0re"),
        ).toString("base64");
      }),
    ],
  ])("%s does not hold", (_, changed) => {
    expect(() => verifyCosign(changed, trust([]))).toThrow(/^no matching signatures/);
  });

  test("another instance's root does not vouch for it", () => {
    expect(() => verifyCosign(workflow, trust([], load("other_root.json").toString()))).toThrow(
      /^no matching signatures/,
    );
  });

  test.each(["", "nonsense", "[]"])("a root that is none says so: %j", (root) => {
    expect(() => verifyCosign(workflow, trust([], root))).toThrow(/^unable to parse trusted root/);
  });

  test("an identity that is no expression says so", () => {
    expect(() => verifyCosign(workflow, trust([{ issuer: "(", subject: "" }]))).toThrow("malformed matchOIDCIdentity");
  });

  test("a key's bundle is no certificate's", () => {
    const made = bundle(keys["P-256"].privateKey);
    expect(() => verifyCosign(material({ bundles: [made] }), trust([]))).toThrow(/^no matching signatures/);
  });

  test.each<[string, Record<string, string>, string]>([
    ["no certificate", {}, "no certificate found on signature"],
    ["no certificate that can be read", { "dev.sigstore.cosign/certificate": "x" }, "no matching signatures"],
  ])("a simple signature with %s", (_, annotations, message) => {
    const signatures = [{ payload: Buffer.from("{}"), annotations }];
    expect(() => verifyCosign(material({ signatures }), trust([]))).toThrow(message);
  });
});
