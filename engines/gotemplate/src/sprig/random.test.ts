import { createPublicKey, X509Certificate } from "node:crypto";
import { compareSync } from "bcryptjs";
import { describe, expect, test } from "vitest";
import { TemplateSet } from "../template-set.ts";
import { randomBelow, randomText, seededRandomness } from "./randomness.ts";
import { helmFunctions } from "./table.ts";
import { makeDsaNumbers, makeRsaKey } from "./x509/make-key.ts";

const now = Date.UTC(2026, 5, 1);

function render(template: string, seed: string | undefined = "seed"): string {
  const random = seed === "" ? {} : { randomness: seededRandomness(seed) };
  const set = new TemplateSet(helmFunctions({ clock: { now: () => now }, ...random }));
  set.parse("t", template);
  return set.execute("t", null);
}

const shapes: readonly (readonly [template: string, shape: RegExp])[] = [
  ["{{ randAlphaNum 20 }}", /^[0-9A-Za-z]{20}$/],
  ["{{ randAlpha 20 }}", /^[A-Za-z]{20}$/],
  ["{{ randNumeric 20 }}", /^[0-9]{20}$/],
  ["{{ randAscii 20 }}", /^[ -~]{20}$/],
  ["{{ randAlpha -1 }}{{ randAlpha 0 }}", /^$/],
  ["{{ randBytes 9 }}", /^[A-Za-z0-9+/]{12}$/],
  ["{{ randInt 3 5 }}", /^[34]$/],
  ["{{ shuffle `abc` }}", /^[abc]{3}$/],
  ["{{ uuidv4 }}", /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/],
  ["{{ htpasswd `u:` `p` }}", /^invalid username: u:$/],
];

test.each(shapes)("%s has its shape, a seed repeats it, chance does not", (template, shape) => {
  expect(render(template)).toMatch(shape);
  expect(render(template)).toBe(render(template));
  expect(render(template, "")).toMatch(shape);
});

test("every character is as likely as the others", () => {
  const random = seededRandomness("even");
  const counts = new Map<string, number>();
  for (const char of randomText(random, "abcdefghij", 20_000)) counts.set(char, (counts.get(char) ?? 0) + 1);
  for (const count of counts.values()) expect(Math.abs(count - 2_000)).toBeLessThan(200);
  const drawn = new Set(Array.from({ length: 200 }, () => randomBelow(random, 5n)));
  expect(drawn).toEqual(new Set([0n, 1n, 2n, 3n, 4n]));
});

test("hashes of passwords are bcrypt's", () => {
  const [user, hash = ""] = render("{{ htpasswd `joe` `pass` }}").split(":");
  expect(user).toBe("joe");
  expect(hash).toMatch(/^\$2a\$10\$/);
  expect(compareSync("pass", hash)).toBe(true);
});

test("what is encrypted can be decrypted", () => {
  expect(render("{{ decryptAES `key` (encryptAES `key` `sécret`) }}{{ encryptAES `key` `` }}")).toBe("sécret");
});

function pairOf(template: string, seed?: string): { certificate: X509Certificate; key: string } {
  const [certificate = "", key = ""] = render(`${template}{{ $c.Cert }}#{{ $c.Key }}`, seed).split("#");
  return { certificate: new X509Certificate(certificate), key };
}

describe("certificates", () => {
  test("an authority signs itself and others", () => {
    const text = render(
      "{{ $ca := genCA `ca` 10 }}{{ $c := genSignedCert `leaf` (list `10.0.0.1` `::1`) (list `a.b`) 5 $ca }}{{ $ca.Cert }}#{{ $c.Cert }}#{{ $c.Key }}",
    );
    const [authority = "", leaf = "", key = ""] = text.split("#");
    const [ca, certificate] = [new X509Certificate(authority), new X509Certificate(leaf)];
    expect(ca.ca).toBe(true);
    expect(ca.verify(ca.publicKey)).toBe(true);
    expect(certificate.verify(ca.publicKey)).toBe(true);
    expect(certificate.checkIssued(ca)).toBe(true);
    expect(certificate.subject).toBe("CN=leaf");
    expect(certificate.subjectAltName).toBe("DNS:a.b, IP Address:10.0.0.1, IP Address:0:0:0:0:0:0:0:1");
    expect(certificate.validTo).toBe("Jun  6 00:00:00 2026 GMT");
    expect(createPublicKey(key).equals(certificate.publicKey)).toBe(true);
  });

  test("a seed repeats a certificate, chance does not", () => {
    const template = "{{ $c := genSelfSignedCert `x` nil nil 1 }}";
    expect(pairOf(template).certificate.raw.equals(pairOf(template).certificate.raw)).toBe(true);
    expect(pairOf(template, "other").certificate.raw.equals(pairOf(template).certificate.raw)).toBe(false);
    expect(pairOf(template, "").certificate.subject).toBe("CN=x");
  });

  test("keys that are given are used", () => {
    const { certificate, key } = pairOf("{{ $c := genCAWithKey `x` 1 (genPrivateKey `ecdsa`) }}");
    expect(key).toMatch(/^-----BEGIN EC PRIVATE KEY-----\n/);
    expect(certificate.publicKey.asymmetricKeyType).toBe("ec");
    expect(
      pairOf("{{ $c := genSelfSignedCertWithKey `x` nil nil 1 (genPrivateKey `ed25519`) }}").certificate.publicKey
        .asymmetricKeyType,
    ).toBe("ed25519");
    const signed = pairOf(
      "{{ $ca := genCAWithKey `ca` 1 (genPrivateKey `ecdsa`) }}{{ $c := genSignedCertWithKey `x` nil nil 1 $ca (genPrivateKey `ecdsa`) }}",
    );
    expect(signed.certificate.issuer).toBe("CN=ca");
  });

  test("one's own certificate is checked and handed on", () => {
    const same = render(
      "{{ $ca := genCA `x` 1 }}{{ $c := buildCustomCert (b64enc $ca.Cert) (b64enc $ca.Key) }}{{ and (eq $c.Cert $ca.Cert) (eq $c.Key $ca.Key) }}",
    );
    expect(same).toBe("true");
    expect(() => render("{{ buildCustomCert `!` `` }}")).toThrow("unable to decode base64 certificate");
    expect(() => render("{{ genCAWithKey `x` 1 `y` }}")).toThrow("parsing private key: no PEM data in input");
    expect(() => render("{{ genSelfSignedCert `x` (list `1.2.3`) nil 1 }}")).toThrow("error parsing ip: 1.2.3");
  });
});

test("numbers of seeded keys fit each other", () => {
  const key = makeRsaKey(seededRandomness("rsa"), 2_048);
  expect(key.asymmetricKeyDetails?.modulusLength).toBe(2_048);
  const [p, q, g, y, x] = makeDsaNumbers(seededRandomness("dsa"));
  expect((p - 1n) % q).toBe(0n);
  expect([p.toString(2).length, q.toString(2).length]).toEqual([2_048, 256]);
  expect(g > 1n && g < p && x < q && y < p).toBe(true);
  expect(render("{{ genPrivateKey `x` }}")).toBe("Unknown type x");
});
