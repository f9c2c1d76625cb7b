import { Buffer } from "node:buffer";
import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { EddyError } from "@eddy/core/errors";
import { CborTagged, decodeCbor } from "./cbor.ts";
import { parseTrustPolicies, selectTrustPolicy } from "./trust-policy.ts";
import { verifyNotation, type NotationSignature } from "./verify-notation.ts";

interface Fixture {
  mediaType: string;
  envelope: string;
  certificates: string[];
}

// Made by notation-go 1.3 (`conformance/notation`): valid from 2026 to 2056, signed on 2 January 2026.
const fixtures = JSON.parse(
  readFileSync(new URL("../../testdata/notation/envelopes.json", import.meta.url), "utf8"),
) as Record<string, Fixture>;
const target = {
  mediaType: "application/vnd.oci.image.manifest.v1+json",
  digest: `sha256:${"1a".repeat(32)}`,
  size: 481,
};
const repository = "registry.example.com/app";
const reference = `${repository}@${target.digest}`;
const soon = Date.UTC(2026, 0, 10);
const late = Date.UTC(2057, 0, 1);

const fixture = (name: string): Fixture => fixtures[name] ?? { mediaType: "", envelope: "", certificates: [] };
const signature = ({ mediaType, envelope }: Fixture): NotationSignature => ({
  mediaType,
  envelope: Buffer.from(envelope, "base64"),
  target,
});

interface Statement {
  level?: string;
  override?: object;
  stores?: string[];
  identities?: string[];
  scopes?: string[];
  verifyTimestamp?: string;
  name?: string;
}

function policyText(...statements: Statement[]): string {
  const trustPolicies = statements.map((statement, index) => ({
    name: statement.name ?? `policy-${index}`,
    registryScopes: statement.scopes ?? ["*"],
    signatureVerification: {
      level: statement.level ?? "strict",
      ...(statement.override ? { override: statement.override } : {}),
      ...(statement.verifyTimestamp ? { verifyTimestamp: statement.verifyTimestamp } : {}),
    },
    trustStores: statement.stores ?? ["ca:all", "signingAuthority:all"],
    trustedIdentities: statement.identities ?? ["*"],
  }));
  return JSON.stringify({ version: "1.0", trustPolicies });
}

function verify(
  { mediaType, envelope, certificates }: Fixture,
  statement: Statement = {},
  { nowMs = soon, trusted = certificates.slice(-1) }: { nowMs?: number; trusted?: readonly string[] } = {},
): string[] {
  const policy = selectTrustPolicy(parseTrustPolicies(policyText(statement)), reference);
  const files = trusted.map((text) => Buffer.from(text));
  const found = verifyNotation(signature({ mediaType, envelope, certificates }), {
    policy,
    certificates: files,
    nowMs,
  });
  return found.map(({ type, message }) => `${type}: ${message}`);
}

/** What it gives, or the code of why it does not. */
function outcomeOf(action: () => string): string {
  try {
    return action();
  } catch (error) {
    return error instanceof EddyError ? error.code : String(error);
  }
}

describe("a signature", () => {
  test.each(["jws", "cose", "jws-rsa", "cose-rsa", "jws-alone", "cose-expiry", "jws-authority", "cose-authority"])(
    "holds: %s",
    (name) => {
      const { certificates } = fixture(name);
      expect(verify(fixture(name))).toEqual([]);
      for (const trusted of certificates) expect(verify(fixture(name), {}, { trusted: [trusted] })).toEqual([]);
    },
  );

  const identity = (text: string): Statement => ({ identities: [`x509.subject: ${text}`] });
  const other = fixture("jws-rsa").certificates.slice(0, 1);
  test.each<[string, string, Statement, { nowMs?: number; trusted?: string[] }, string]>([
    ["nobody trusts", "jws", {}, { trusted: other }, "does not contain any trusted certificate"],
    ["is by no authority that tells the time", "cose-authority", { stores: ["ca:all"] }, {}, "no trusted certificates"],
    ["is of somebody else", "jws", identity("C=US, ST=NY, O=Acme"), {}, "does not match the X.509 trusted identities"],
    [
      "has expired",
      "cose-expiry",
      {},
      { nowMs: late },
      'digital signature has expired on "Sat, 31 Jan 2026 00:00:00 +0000"',
    ],
    ["is too early", "jws", {}, { nowMs: 0 }, "verification time is before certificate"],
    ["is too late", "jws", {}, { nowMs: late }, 'it was expired at "Sat, 01 Jan 2056 00:00:00 +0000"'],
    ["may be revoked", "jws-revocable", {}, {}, "revocation status is unknown"],
    ["wants a plugin", "cose-plugin", {}, {}, "plugin unsupported due to nil verifier.pluginManager"],
    ["is of another content", "jws-other-type", {}, {}, 'payload content type "text/plain" not supported'],
    ["wants a time stamp", "jws", { stores: ["ca:a", "tsa:b"] }, {}, "timestamp countersignatures is not supported"],
    [
      "is trusted by a file that is none",
      "jws",
      {},
      { trusted: ["hello"] },
      "failed to parse certificate 'all': x509: ",
    ],
  ])("that %s is refused", (_, name, statement, options, message) => {
    expect(() => verify(fixture(name), statement, options)).toThrow(message);
  });

  test.each<[string, string, Statement, { nowMs?: number; trusted?: string[] }, RegExp[]]>([
    ["permissive", "cose-expiry", { level: "permissive" }, { nowMs: late }, [/^expiry: /, /^authenticTimestamp: /]],
    ["permissive", "jws-revocable", { level: "permissive" }, {}, [/^revocation: /]],
    ["audit", "jws", { level: "audit" }, { trusted: other }, [/^authenticity: the signature's certificate chain/]],
    ["without revocation", "jws-revocable", { override: { revocation: "skip" } }, {}, []],
    ["stamped only when expired", "jws", { stores: ["ca:a", "tsa:b"], verifyTimestamp: "afterCertExpiry" }, {}, []],
    ["skip", "jws-other-type", { level: "skip" }, { trusted: other }, []],
  ])("is told: %s", (_, name, statement, options, wanted) => {
    const remarks = verify(fixture(name), statement, options);
    expect(remarks).toEqual(wanted.map((pattern) => expect.stringMatching(pattern)));
  });

  test("of another artifact is refused", () => {
    const policy = selectTrustPolicy(parseTrustPolicies(policyText({})), reference);
    const trust = { policy, certificates: [Buffer.from(fixture("jws").certificates[1] ?? "")], nowMs: soon };
    for (const change of [{ size: 1 }, { digest: "sha256:00" }, { mediaType: "x" }]) {
      const changed = { ...signature(fixture("jws")), target: { ...target, ...change } };
      expect(() => verifyNotation(changed, trust)).toThrow("content descriptor mismatch");
    }
  });

  test.each(["jws", "cose", "cose-rsa", "jws-authority"])("that is broken anywhere is refused as such: %s", (name) => {
    const { mediaType, envelope, certificates } = fixture(name);
    const bytes = Buffer.from(envelope, "base64");
    const audit = { level: "audit" };
    const whole = JSON.stringify(verify(fixture(name), audit));
    fc.assert(
      fc.property(fc.nat(bytes.length - 1), fc.integer({ min: 1, max: 255 }), (at, bits) => {
        const copy = Buffer.from(bytes);
        copy[at] = (copy[at] ?? 0) ^ bits;
        const changed = { mediaType, envelope: copy.toString("base64"), certificates };
        // Only what is not signed may be another: the agent's name, and how JSON writes a text.
        expect([whole, "SIGNATURE_INVALID"]).toContain(outcomeOf(() => JSON.stringify(verify(changed, audit))));
      }),
      { numRuns: 150 },
    );
  });
});

describe("a trust policy", () => {
  test.each<[string, Statement[], string]>([
    ["no statement", [], "can not have zero trust policy statements"],
    ["two of a name", [{ name: "a" }, { name: "a" }], "statement names must be unique"],
    ["no name", [{ name: "" }], "every statement requires a name"],
    ["no level", [{ level: "" }], "signature verification level is empty or missing"],
    ["another level", [{ level: "lax" }], 'invalid signature verification level "lax"'],
    ["an override of nothing", [{ override: { x: "log" } }], 'verification type "x" in custom signature verification'],
    ["an override to nothing", [{ override: { expiry: "x" } }], 'verification action "x" in custom signature'],
    ["an override of integrity", [{ override: { integrity: "log" } }], "can not be overridden"],
    ["an override that skips", [{ override: { expiry: "skip" } }], "can not be skipped in custom"],
    ["an override of skip", [{ level: "skip", override: { expiry: "log" } }], "can't be used to customize"],
    ["another time stamp", [{ verifyTimestamp: "never" }], 'must be "always" or "afterCertExpiry", but got "never"'],
    ["no stores", [{ stores: [] }], "is either missing trust stores or trusted identities"],
    ["a store without a type", [{ stores: ["all"] }], 'malformed trust store value "all"'],
    ["a store of another type", [{ stores: ["x:all"] }], 'unsupported trust store type "x"'],
    ["a store with a name of two words", [{ stores: ["ca:a b"] }], 'unsupported trust store name "a b"'],
    ["a wildcard among others", [{ identities: ["*", "x509.subject:C=US,ST=WA,O=A"] }], "wildcard trusted identity"],
    ["an empty identity", [{ identities: [""] }], "has an empty trusted identity"],
    ["an identity without a type", [{ identities: ["a"] }], 'trusted identity "a" missing separator'],
    ["an identity without a value", [{ identities: ["x509.subject:"] }], "without an identity value"],
    ["a name without a country", [{ identities: ["x509.subject:ST=WA,O=A"] }], `no mandatory RDN attribute for "C"`],
    ["a name with two at once", [{ identities: ["x509.subject:C=US+ST=WA,O=A"] }], "multi-valued RDN attributes"],
    [
      "a name with one twice",
      [{ identities: ["x509.subject:C=US,ST=WA,S=NY,O=A"] }],
      'duplicate RDN attribute for "ST"',
    ],
    ["a name in bytes", [{ identities: ["x509.subject:C=US,ST=WA,O=#41"] }], 'identities containing "=#"'],
    ["a long name", [{ identities: [`x509.subject:C=${" ".repeat(5_000)}`] }], "more than 4096 characters"],
    [
      "names that overlap",
      [{ identities: ["x509.subject:C=US,ST=WA,O=A", "x509.subject:C=US,ST=WA,O=A,CN=b"] }],
      "overlaps with",
    ],
    ["no scope", [{ scopes: [] }], "has zero registry scopes"],
    ["a wildcard scope among others", [{ scopes: ["*", repository] }], "uses wildcard registry scope '*'"],
    ["part of a scope", [{ scopes: ["example.com/*"] }], "with wild card(s) is not valid"],
    [
      "a scope with a scheme",
      [{ scopes: ["https://example.com/a"] }],
      'registry scope "https://example.com/a" is not valid',
    ],
    [
      "a scope twice",
      [{ scopes: [repository] }, { scopes: [repository] }],
      "is present in multiple trust policy statements",
    ],
  ])("with %s is refused", (_, statements, message) => {
    expect(() => parseTrustPolicies(policyText(...statements))).toThrow(message);
  });

  test.each([
    ["{", "error occurred while parsing trustpolicy.json"],
    ["[]", "want an object"],
    ["{}", "trust policy document has empty version"],
    ['{"version":"2.0"}', 'unsupported version "2.0"'],
    ['{"version":"1.0","trustPolicies":{}}', 'want a list in "trustPolicies"'],
  ])("that is %s is refused", (text, message) => {
    expect(() => parseTrustPolicies(text)).toThrow(message);
  });

  test("is that of the repository, else that of all", () => {
    const policies = parseTrustPolicies(policyText({ scopes: ["*"] }, { scopes: [repository, "example.com/b"] }));
    expect(selectTrustPolicy(policies, reference).name).toBe("policy-1");
    expect(selectTrustPolicy(policies, `example.com/other@${target.digest}`).name).toBe("policy-0");
    expect(() => selectTrustPolicy(policies.slice(1), `example.com/other@${target.digest}`)).toThrow(
      `artifact "example.com/other@${target.digest}" has no applicable trust policy statement`,
    );
  });
});

describe("CBOR", () => {
  const decode = (hex: string): unknown => decodeCbor(Buffer.from(hex, "hex"));

  // RFC 8949, appendix A.
  test.each<[string, unknown]>([
    ["00", 0],
    ["1903e8", 1_000],
    ["1b000000e8d4a51000", 1_000_000_000_000],
    ["3903e7", -1_000],
    ["fb3ff199999999999a", 1.1],
    ["fa47c35000", 100_000],
    ["f5", true],
    ["f6", null],
    ["f7", undefined],
    ["6449455446", "IETF"],
    ["83010203", [1, 2, 3]],
    [
      "a201020304",
      new Map([
        [1, 2],
        [3, 4],
      ]),
    ],
    ["4401020304", new Uint8Array([1, 2, 3, 4])],
    ["c11a514b67b0", new CborTagged(1, 1_363_896_240)],
  ])("%s", (hex, value) => {
    expect(decode(hex)).toEqual(value);
  });

  test.each([
    ["18", "unexpected EOF"],
    ["0000", "extraneous data"],
    ["9f01ff", "indefinite or reserved length"],
    ["5b7fffffffffffffff", "an integer that is too large"],
    ["5affffffff", "unexpected EOF"],
    ["9affffffff", "unexpected EOF"],
    [`${"81".repeat(17)}00`, "nested deeper than 16 levels"],
    [`992711${"00".repeat(10_001)}`, "more than 10000 items"],
    ["a201020102", "duplicate map key 1"],
    ["a1f501", "neither text nor integer"],
    ["62c328", "invalid UTF-8 string"],
    ["f8ff", "simple value 24"],
  ])("%s is refused", (hex, message) => {
    expect(() => decode(hex)).toThrow(message);
  });

  test("any bytes are read, or refused as such", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        expect(["read", "SIGNATURE_INVALID"]).toContain(outcomeOf(() => (decodeCbor(bytes), "read")));
      }),
    );
  });
});
