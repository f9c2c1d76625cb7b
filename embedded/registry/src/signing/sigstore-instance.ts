import { createHash, generateKeyPairSync, sign } from "node:crypto";
import {
  extension,
  keyIdOf,
  makeCertificate,
  pemOf,
  randomSerial,
  spki,
  toBeSigned,
  type CertificateContent,
  type KeyPair,
} from "./certificate.ts";
import { der, objectId, octets, sequence, utf8 } from "./der.ts";

/** Who signs, as an identity provider vouches for them. */
export interface SigstoreIdentity {
  readonly issuer: string;
  /** A URL or a mail address. */
  readonly subject: string;
}

/** A keyless signature, in the annotations that cosign 2 writes beside the payload. */
export interface KeylessSignature {
  readonly annotations: Readonly<Record<string, string>>;
}

/** A sigstore instance of one's own: authority, certificate log and transparency log, without their servers. */
export interface SigstoreInstance {
  /** `trusted_root.json`. */
  readonly trustedRoot: string;
  /** Signs as somebody: a certificate for a moment, and an entry in the log. */
  sign(payload: Uint8Array, identity: SigstoreIdentity, options?: SigstoreSignOptions): KeylessSignature;
}

/** What may be wrong with a signature. */
export interface SigstoreSignOptions {
  /** Leave out the certificate log's promise. */
  withoutPromise?: boolean;
  /** Leave out that the certificate is for signing code. */
  withoutUsage?: boolean;
  /** When the log took the entry; milliseconds since the epoch. The certificate holds for ten minutes from now. */
  loggedAt?: number;
}

const authorityName = "sigstore-test";
const lifetimeMs = 10 * 60_000;
const yearMs = 365 * 86_400_000;

const keyPair = (): KeyPair => generateKeyPairSync("ec", { namedCurve: "P-256" });
const logIdOf = ({ publicKey }: KeyPair): Buffer => createHash("sha256").update(spki(publicKey)).digest();

/** An instance with new keys. `now`: milliseconds since the epoch. */
export function createSigstoreInstance(now: () => number = Date.now): SigstoreInstance {
  const [authority, certificateLog, log] = [keyPair(), keyPair(), keyPair()];
  const began = now() - 3_600_000;
  const issuer = { name: authorityName, key: authority };
  const root = makeCertificate({
    subject: authorityName,
    publicKey: authority.publicKey,
    issuer,
    notBefore: began,
    notAfter: began + yearMs,
    extensions: [
      extension("2.5.29.19", sequence(der(0x01, Buffer.from([0xff]))), { critical: true }),
      extension("2.5.29.15", der(0x03, Buffer.from([1, 0x06])), { critical: true }),
      extension("2.5.29.14", octets(keyIdOf(authority.publicKey))),
    ],
  });
  let index = 0;
  return {
    trustedRoot: describeRoot(root, log, certificateLog, began),
    sign(payload, identity, options = {}) {
      const at = now();
      const own = keyPair();
      const content: CertificateContent = {
        subject: "",
        publicKey: own.publicKey,
        issuer,
        notBefore: at - 1_000,
        notAfter: at + lifetimeMs,
        extensions: leafExtensions(own, authority, identity, options),
      };
      const certificate = pemOf(promised(content, certificateLog, at, options));
      const signature = sign("sha256", payload, own.privateKey).toString("base64");
      const entry = logEntry(payload, { certificate, signature, index: index++, at: options.loggedAt ?? at }, log);
      return {
        annotations: {
          "dev.cosignproject.cosign/signature": signature,
          "dev.sigstore.cosign/certificate": certificate,
          "dev.sigstore.cosign/chain": pemOf(root),
          "dev.sigstore.cosign/bundle": entry,
        },
      };
    },
  };
}

function leafExtensions(
  own: KeyPair,
  authority: KeyPair,
  { issuer, subject }: SigstoreIdentity,
  { withoutUsage }: SigstoreSignOptions,
): Buffer[] {
  const isMail = !subject.includes("://");
  const name = der(isMail ? 0x81 : 0x86, Buffer.from(subject));
  return [
    extension("2.5.29.15", der(0x03, Buffer.from([7, 0x80])), { critical: true }),
    ...(withoutUsage ? [] : [extension("2.5.29.37", sequence(objectId("1.3.6.1.5.5.7.3.3")))]),
    extension("2.5.29.14", octets(keyIdOf(own.publicKey))),
    extension("2.5.29.35", sequence(der(0x80, keyIdOf(authority.publicKey)))),
    extension("2.5.29.17", sequence(name), { critical: true }),
    extension("1.3.6.1.4.1.57264.1.1", Buffer.from(issuer)),
    extension("1.3.6.1.4.1.57264.1.8", utf8(issuer)),
  ];
}

const uint = (value: number, bytes: number): Buffer => {
  const buffer = Buffer.alloc(bytes);
  if (bytes === 8) buffer.writeBigUInt64BE(BigInt(value));
  else buffer.writeUIntBE(value, 0, bytes);
  return buffer;
};

/** A certificate with the promise of a certificate log in it. Source: RFC 6962 3.2, 3.3. */
function promised(
  content: CertificateContent,
  log: KeyPair,
  at: number,
  { withoutPromise }: SigstoreSignOptions,
): Buffer {
  const serial = randomSerial();
  if (withoutPromise) return makeCertificate(content, serial);
  const tbs = toBeSigned(content, serial);
  const issuerHash = createHash("sha256").update(spki(content.issuer.key.publicKey)).digest();
  const entry = Buffer.concat([uint(1, 2), issuerHash, uint(tbs.length, 3), tbs, uint(0, 2)]);
  const signature = sign("sha256", Buffer.concat([uint(0, 1), uint(0, 1), uint(at, 8), entry]), log.privateKey);
  const sct = Buffer.concat([
    uint(0, 1),
    logIdOf(log),
    uint(at, 8),
    uint(0, 2),
    Buffer.from([4, 3]),
    uint(signature.length, 2),
    signature,
  ]);
  const list = Buffer.concat([uint(sct.length + 2, 2), uint(sct.length, 2), sct]);
  const promise = extension("1.3.6.1.4.1.11129.2.4.2", octets(list));
  return makeCertificate({ ...content, extensions: [...content.extensions, promise] }, serial);
}

/** An entry `hashedrekord` and the log's promise to include it, as cosign keeps them. Source: cosign specification, `bundle`. */
function logEntry(
  payload: Uint8Array,
  { certificate, signature, index, at }: { certificate: string; signature: string; index: number; at: number },
  log: KeyPair,
): string {
  const value = createHash("sha256").update(payload).digest("hex");
  const record = {
    apiVersion: "0.0.1",
    kind: "hashedrekord",
    spec: {
      data: { hash: { algorithm: "sha256", value } },
      signature: { content: signature, publicKey: { content: Buffer.from(certificate).toString("base64") } },
    },
  };
  const entry = {
    body: Buffer.from(JSON.stringify(record)).toString("base64"),
    integratedTime: Math.floor(at / 1000),
    logID: logIdOf(log).toString("hex"),
    logIndex: index,
  };
  const promise = sign("sha256", Buffer.from(JSON.stringify(entry)), log.privateKey);
  return JSON.stringify({ SignedEntryTimestamp: promise.toString("base64"), Payload: entry });
}

function describeRoot(root: Buffer, log: KeyPair, certificateLog: KeyPair, began: number): string {
  const validFor = { start: new Date(began).toISOString() };
  const describeLog = (key: KeyPair, baseUrl: string): object => ({
    baseUrl,
    hashAlgorithm: "SHA2_256",
    publicKey: {
      rawBytes: spki(key.publicKey).toString("base64"),
      keyDetails: "PKIX_ECDSA_P256_SHA_256",
      validFor,
    },
    logId: { keyId: logIdOf(key).toString("base64") },
  });
  return JSON.stringify({
    mediaType: "application/vnd.dev.sigstore.trustedroot+json;version=0.1",
    tlogs: [describeLog(log, "https://rekor.example")],
    certificateAuthorities: [
      {
        subject: { organization: authorityName, commonName: authorityName },
        uri: "https://fulcio.example",
        certChain: { certificates: [{ rawBytes: root.toString("base64") }] },
        validFor,
      },
    ],
    ctlogs: [describeLog(certificateLog, "https://ctfe.example")],
    timestampAuthorities: [],
  });
}
