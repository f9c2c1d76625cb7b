import type { KeyObject } from "node:crypto";
import { type FunctionTable, goFunction } from "../function.ts";
import { type GoType, structType } from "../value/go-type.ts";
import { type GoValue, Struct } from "../value/go-value.ts";
import type { Integer } from "../value/integer.ts";
import { decodeGoString } from "../value/go-string.ts";
import { decodeBase64 } from "./base-codecs.ts";
import { CallError } from "./call-error.ts";
import { parseIp } from "./parse-ip.ts";
import type { Ports } from "./ports.ts";
import { bigintOf } from "./randomness.ts";
import { show } from "./show.ts";
import { second } from "./time/duration.ts";
import {
  type CertificateRequest,
  checkKeyMatches,
  makeCertificate,
  readCertificate,
  type Signer,
} from "./x509/certificate.ts";
import { makeDsaNumbers, makeEcKey, makeEd25519Key, makeRsaKey } from "./x509/make-key.ts";
import { encodePem } from "./x509/pem.ts";
import { describeDsaKey, describeKey, type PrivateKey, readPrivateKey } from "./x509/private-key.ts";

const certificateType: GoType = structType("sprig.certificate", { Cert: "string", Key: "string" });

function pair(certificate: string, key: string): Struct {
  return new Struct(certificateType, { Cert: certificate, Key: key });
}

type Names = readonly GoValue[] | null;

function addresses(ips: Names): string[] {
  return (ips ?? []).map((ip) => {
    if (typeof ip !== "string") throw new CallError(`error parsing ip: ${show(ip)} is not a string`);
    if (parseIp(ip) === undefined) throw new CallError(`error parsing ip: ${ip}`);
    return ip;
  });
}

function domains(names: Names): string[] {
  return (names ?? []).map((name) => {
    if (typeof name === "string") return name;
    throw new CallError(`error processing alternate dns name: ${show(name)} is not a string`);
  });
}

function parsed(text: string): PrivateKey {
  try {
    return readPrivateKey(text);
  } catch (error) {
    if (error instanceof CallError) throw new CallError(`parsing private key: ${error.message}`);
    throw error;
  }
}

/** Go refuses to sign with DSA keys, and to certify them. */
function signing({ key }: PrivateKey): KeyObject {
  if (key !== undefined) return key;
  throw new CallError("error creating certificate: x509: certificate private key does not implement crypto.Signer");
}

interface Wanted {
  readonly commonName: string;
  readonly ips?: Names;
  readonly dnsNames?: Names;
  readonly days: Integer;
  readonly isAuthority?: boolean;
}

/** Makes certificates with the clock and randomness of one table. */
class CertificateMaker {
  private readonly ports: Ports;

  constructor(ports: Ports) {
    this.ports = ports;
  }

  /** A certificate and its key; signed by an authority, or by itself. */
  make(wanted: Wanted, key: PrivateKey, authority?: Struct): Struct {
    // Upstream reads the authority first.
    const signer = authority === undefined ? undefined : this.signer(authority);
    const request = this.request(wanted);
    const own: Signer | undefined = signer ?? { key: signing(key), name: undefined, keyId: undefined };
    const bytes = makeCertificate(request, subjectKey(key), own);
    return pair(encodePem({ type: "CERTIFICATE", bytes }), key.pem);
  }

  private request({ commonName, ips = null, dnsNames = null, days, isAuthority = false }: Wanted): CertificateRequest {
    const notBefore = this.ports.now();
    const validity = BigInt.asIntN(64, 86_400n * second * days.value);
    return {
      commonName,
      ips: addresses(ips),
      dnsNames: domains(dnsNames),
      notBefore: Number(notBefore / second),
      notAfter: Number((notBefore + validity) / second),
      serial: bigintOf(this.ports.random.bytes(16)),
      isAuthority,
    };
  }

  private signer(authority: Struct): Signer {
    const { Cert: certificate, Key: key } = authority.fields as { Cert: string; Key: string };
    const read = readCertificate(certificate, "decodedSignerCert.Bytes");
    let signerKey: PrivateKey;
    try {
      signerKey = readPrivateKey(key);
    } catch (error) {
      if (error instanceof CallError) throw new CallError(`error parsing private key: ${error.message}`);
      throw error;
    }
    const usable = signing(signerKey);
    checkKeyMatches(read, usable);
    return { key: usable, name: read.name, keyId: read.keyId };
  }

  /** A new RSA key, as certificates have it that are given none. */
  newKey(): PrivateKey {
    return describeKey(makeRsaKey(this.ports.random, 2_048));
  }

  /** A new key of a type by its name. */
  keyOf(type: string): string {
    const { random } = this.ports;
    if (type === "" || type === "rsa") return describeKey(makeRsaKey(random, 4_096)).pem;
    if (type === "ecdsa") return describeKey(makeEcKey(random)).pem;
    if (type === "ed25519") return describeKey(makeEd25519Key(random)).pem;
    return type === "dsa" ? describeDsaKey(makeDsaNumbers(random)).pem : `Unknown type ${type}`;
  }
}

function subjectKey({ key }: PrivateKey): KeyObject {
  if (key !== undefined) return key;
  throw new CallError("error creating certificate: x509: unsupported public key type: *dsa.PublicKey");
}

function decoded(text: string, what: string): string {
  try {
    return decodeGoString(decodeBase64(text));
  } catch (error) {
    if (error instanceof CallError) throw new CallError(`unable to decode base64 ${what}`);
    throw error;
  }
}

function customCertificate(base64Certificate: string, base64Key: string): Struct {
  const certificate = decoded(base64Certificate, "certificate");
  const key = decoded(base64Key, "private key");
  readCertificate(certificate, "decodedCert.Bytes");
  try {
    readPrivateKey(key);
  } catch (error) {
    if (error instanceof CallError) throw new CallError(`error parsing private key: ${error.message}`);
    throw error;
  }
  return pair(certificate, key);
}

/** A key takes as long as this many bytes take to make; large ones are searched for several times as long. */
const keyCharge = 4_000_000;
const largeKeyCharge = 16_000_000;

/** Functions that make keys and certificates. */
export function certificateFunctions(ports: Ports): FunctionTable {
  const maker = new CertificateMaker(ports);
  return {
    genPrivateKey: goFunction(["string"], "string", (context, type) => {
      context.charge(type.startsWith("e") ? keyCharge : largeKeyCharge);
      return maker.keyOf(type);
    }),
    buildCustomCert: goFunction(["string", "string"], certificateType, (_, certificate, key) =>
      customCertificate(certificate, key),
    ),
    genCA: goFunction(["string", "int"], certificateType, (context, commonName, days) => {
      context.charge(keyCharge);
      return maker.make({ commonName, days, isAuthority: true }, maker.newKey());
    }),
    genCAWithKey: goFunction(["string", "int", "string"], certificateType, (_, commonName, days, key) =>
      maker.make({ commonName, days, isAuthority: true }, parsed(key)),
    ),
    genSelfSignedCert: goFunction(["string", "[]any", "[]any", "int"], certificateType, (context, ...params) => {
      const [commonName, ips, dnsNames, days] = params;
      context.charge(keyCharge);
      return maker.make({ commonName, ips, dnsNames, days }, maker.newKey());
    }),
    genSelfSignedCertWithKey: goFunction(
      ["string", "[]any", "[]any", "int", "string"],
      certificateType,
      (_, commonName, ips, dnsNames, days, key) => maker.make({ commonName, ips, dnsNames, days }, parsed(key)),
    ),
    genSignedCert: goFunction(
      ["string", "[]any", "[]any", "int", certificateType],
      certificateType,
      (context, commonName, ips, dnsNames, days, authority) => {
        context.charge(keyCharge);
        return maker.make({ commonName, ips, dnsNames, days }, maker.newKey(), authority);
      },
    ),
    genSignedCertWithKey: goFunction(
      ["string", "[]any", "[]any", "int", certificateType, "string"],
      certificateType,
      (_, commonName, ips, dnsNames, days, authority, key) =>
        maker.make({ commonName, ips, dnsNames, days }, parsed(key), authority),
    ),
  };
}
