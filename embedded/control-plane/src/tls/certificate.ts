/** Makes ECDSA keys and X.509 v3 certificates: Node can read certificates but not sign them. Source: RFC 5280, RFC 5480. */
import {
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  randomBytes,
  sign,
  type KeyObject,
} from "node:crypto";
import { isIPv4 } from "node:net";
import { bits, explicit, implicit, integer, octets, oid, sequence, set, time, utf8, yes } from "./der.ts";

/** A certificate and its private key, both PEM. */
export interface KeyPair {
  cert: string;
  key: string;
}

export interface CertificateOptions {
  commonName: string;
  organizations?: readonly string[];
  /** Signer; absent: self-signed. */
  issuer?: KeyPair & { commonName: string };
  use: "authority" | "server" | "client";
  /** DNS names and IPv4 addresses of a server. */
  hosts?: readonly string[];
  notBeforeMs: number;
  notAfterMs: number;
}

const ecdsaWithSha256 = sequence(oid("1.2.840.10045.4.3.2"));

function name(commonName: string, organizations: readonly string[] = []): Buffer {
  const attribute = (type: string, value: string): Buffer => set(sequence(oid(type), utf8(value)));
  return sequence(...organizations.map((value) => attribute("2.5.4.10", value)), attribute("2.5.4.3", commonName));
}

function extension(id: string, value: Buffer, critical = false): Buffer {
  return critical ? sequence(oid(id), yes, octets(value)) : sequence(oid(id), octets(value));
}

const keyIdOf = (key: KeyObject): Buffer =>
  createHash("sha1")
    .update(key.export({ type: "spki", format: "der" }).subarray(-65))
    .digest();

function extensions(options: CertificateOptions, subjectKeyId: Buffer, authorityKeyId: Buffer): Buffer {
  const authority = options.use === "authority";
  const list = [
    extension("2.5.29.15", authority ? bits(Buffer.from([0x86]), 1) : bits(Buffer.from([0xa0]), 5), true),
    extension("2.5.29.19", authority ? sequence(yes) : sequence(), true),
    extension("2.5.29.14", octets(subjectKeyId)),
    extension("2.5.29.35", sequence(implicit(0, authorityKeyId))),
  ];
  if (!authority)
    list.push(
      extension("2.5.29.37", sequence(oid(options.use === "server" ? "1.3.6.1.5.5.7.3.1" : "1.3.6.1.5.5.7.3.2"))),
    );
  const hosts = (options.hosts ?? []).map((host) =>
    isIPv4(host) ? implicit(7, Buffer.from(host.split(".").map(Number))) : implicit(2, Buffer.from(host)),
  );
  if (hosts.length > 0) list.push(extension("2.5.29.17", sequence(...hosts)));
  return explicit(3, sequence(...list));
}

const pem = (der: Buffer): string =>
  `-----BEGIN CERTIFICATE-----\n${der.toString("base64").replace(/.{64}/g, "$&\n").trimEnd()}\n-----END CERTIFICATE-----\n`;

/** A fresh P-256 key and a certificate for it. */
export function makeCertificate(options: CertificateOptions): KeyPair {
  const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "prime256v1" });
  const signer = options.issuer ? createPrivateKey(options.issuer.key) : privateKey;
  const issuerKey = options.issuer ? createPublicKey(options.issuer.key) : publicKey;
  const serial = randomBytes(16);
  serial[0] = ((serial[0] ?? 0) & 0x7f) | 0x40;
  const body = sequence(
    explicit(0, integer(Buffer.from([2]))),
    integer(serial),
    ecdsaWithSha256,
    name(options.issuer?.commonName ?? options.commonName),
    sequence(time(options.notBeforeMs), time(options.notAfterMs)),
    name(options.commonName, options.organizations),
    publicKey.export({ type: "spki", format: "der" }),
    extensions(options, keyIdOf(publicKey), keyIdOf(issuerKey)),
  );
  const certificate = sequence(body, ecdsaWithSha256, bits(sign("sha256", body, signer)));
  return { cert: pem(certificate), key: privateKey.export({ type: "pkcs8", format: "pem" }) as string };
}
