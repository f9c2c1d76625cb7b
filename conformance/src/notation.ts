import { Buffer } from "node:buffer";
import { messageOf } from "@eddy/core/errors";
import { parseTrustPolicies, selectTrustPolicy, verifyNotation } from "@eddy/signature";
import { startGoOracle, type GoOracle } from "./go-oracle.ts";
import { Random } from "./random.ts";
import type { Report, Suite, SuiteOptions } from "./suite.ts";

interface Signed {
  envelope?: string;
  certs?: string[];
  error?: string;
}

interface Judged {
  error?: string;
  results?: string[];
}

interface Question {
  op: "verify";
  mediaType: string;
  envelope: string;
  policy: string;
  certs: string[];
  target: { mediaType: string; digest: string; size: number };
  reference: string;
}

const nowSeconds = Math.floor(Date.now() / 1_000);
const day = 86_400;
const target = {
  mediaType: "application/vnd.oci.image.manifest.v1+json",
  digest: `sha256:${"1a".repeat(32)}`,
  size: 481,
};
const repository = "registry.example.com:5000/team/app";
const digitalSignature = 1;
const certSign = 1 << 5;

/** Certificates from the leaf to the root; most are as they must be. */
function randomChain(random: Random): object[] {
  const depth = random.pick([1, 2, 2, 3, 3]);
  return Array.from({ length: depth }, (_, index) => {
    const isCa = index > 0;
    const usage = isCa ? certSign : digitalSignature;
    return {
      subject: {
        C: "US",
        ST: random.pick(["WA", "WA", "NY", ""]),
        O: random.pick(["Acme", "Acme, Inc.", "Ac+me", " Acme"]),
        OU: random.pick(["", "Team"]),
        CN: isCa ? `ca ${index}` : "leaf",
      },
      isCA: random.chance(0.97) ? isCa : !isCa,
      keyUsage: random.chance(0.95) ? usage : random.pick([0, usage | (1 << random.below(9)), 2]),
      extUsage: isCa || random.chance(0.6) ? [] : [random.pick([3, 3, 3, 1, 8, 4])],
      // What was signed outside of these dates notation-go refuses to make.
      notBefore: nowSeconds - (random.chance(0.03) ? -1 : 30) * day,
      notAfter: nowSeconds + (random.chance(0.1) ? -1 : 10) * day,
      ...(index === 0 && random.chance(0.1) ? { crl: "http://127.0.0.1:1/crl" } : {}),
      ...(isCa && random.chance(0.2) ? { maxPathLen: random.below(3) } : {}),
    };
  });
}

function randomRequest(random: Random): Readonly<Record<string, unknown>> & { mediaType: string } {
  return {
    op: "sign",
    key: random.pick(["ec256", "ec256", "ec384", "ec521", "rsa2048", "rsa3072"]),
    chain: randomChain(random),
    mediaType: random.pick(["application/jose+json", "application/cose"]),
    scheme: random.pick(["notary.x509", "notary.x509", "notary.x509", "notary.x509.signingAuthority"]),
    contentType: random.chance(0.97) ? "application/vnd.cncf.notary.payload.v1+json" : "text/plain",
    payload: JSON.stringify({ targetArtifact: target }),
    signed: nowSeconds - random.pick([1, 1, 20]) * day,
    ...(random.chance(0.3) ? { expiry: nowSeconds + random.pick([5, -0.5]) * day } : {}),
  };
}

const identities = [
  "*",
  "x509.subject: C=US, ST=WA, O=Acme",
  "x509.subject:C=US,S=WA,O=Acme\\, Inc.,CN=leaf",
  "x509.subject: C=US,ST=NY,O=Ac\\+me",
  "x509.subject: C=US,ST=WA",
  "x509.subject: C=US,ST=WA,O=Acme,O=Other",
  "x509.subject: C=US,ST=WA+L=Town,O=Acme",
  "x509.subject: C=US, ST=WA, O=#41",
  "x509.subject:",
  "other:x",
  "plain",
  "",
];

function randomPolicy(random: Random): object {
  const level = random.pick(["strict", "strict", "permissive", "audit", "skip", "none", ""]);
  return {
    version: random.chance(0.98) ? "1.0" : random.pick(["", "2.0"]),
    trustPolicies: Array.from({ length: random.pick([1, 1, 1, 2, 0]) }, (_, index) => ({
      name: random.chance(0.95) ? `policy-${index}` : "",
      registryScopes: random.pick([
        ["*"],
        ["*"],
        [repository],
        [repository, "example.com/other"],
        ["*", repository],
        ["no"],
        [],
      ]),
      signatureVerification: {
        level,
        ...(random.chance(0.2)
          ? {
              override: {
                [random.pick(["expiry", "revocation", "authenticity", "integrity", "other"])]: random.pick([
                  "log",
                  "enforce",
                  "skip",
                  "x",
                ]),
              },
            }
          : {}),
        ...(random.chance(0.1) ? { verifyTimestamp: random.pick(["always", "afterCertExpiry", "never"]) } : {}),
      },
      ...(level === "skip"
        ? {}
        : {
            trustStores: random.pick([
              ["ca:all"],
              ["ca:all"],
              ["ca:a", "signingAuthority:b"],
              ["x:y"],
              ["ca"],
              ["ca:a b"],
            ]),
          }),
      ...(level === "skip"
        ? {}
        : {
            trustedIdentities: random.chance(0.6)
              ? ["*"]
              : [random.pick(identities), ...(random.chance(0.2) ? [random.pick(identities)] : [])],
          }),
    })),
  };
}

/** A broken copy: bytes changed, cut off, or put in. */
function broken(bytes: Buffer, random: Random): Buffer {
  const copy = Buffer.from(bytes);
  const at = random.below(copy.length);
  if (random.chance(0.2)) return copy.subarray(0, at);
  if (random.chance(0.2))
    return Buffer.concat([copy.subarray(0, at), Buffer.from([random.below(256)]), copy.subarray(at)]);
  copy[at] = random.below(256);
  return copy;
}

function judge(question: Question): Judged {
  try {
    const policy = selectTrustPolicy(parseTrustPolicies(question.policy), question.reference);
    const remarks = verifyNotation(
      { mediaType: question.mediaType, envelope: Buffer.from(question.envelope, "base64"), target: question.target },
      { policy, certificates: question.certs.map((text) => Buffer.from(text)), nowMs: Date.now() },
    );
    return { results: remarks.map(({ type, message }) => `${type}: ${message}`) };
  } catch (error) {
    return { error: messageOf(error) };
  }
}

/** What two libraries for certificates and CBOR say in their own words, and times of a moment ago. */
function masked(text: string): string {
  return text
    .replace(/(revocation status is unknown).*/, "$1")
    .replace(/(parsing distinguished name \(DN\) .*? failed).*/, "$1")
    .replace(/x509: (?!invalid signature: parent).*/, "x509: …")
    .replace(/(Error: )(crypto\/rsa|crypto\/ecdsa|verification).*/, "$1…");
}

function differenceOf(own: Judged, theirs: Judged, isBroken: boolean): string | undefined {
  if ((own.error === undefined) !== (theirs.error === undefined))
    return `ours ${own.error ?? "accepts"}; theirs ${theirs.error ?? "accepts"}`;
  if (isBroken) return undefined;
  const [ours, others] = [own, theirs].map(({ error, results = [] }) => masked(error ?? results.join("\n")));
  return ours === others ? undefined : `ours ${ours}; theirs ${others}`;
}

type Comparison = "not signed" | "same" | { difference: string };

async function compare(oracle: GoOracle, random: Random): Promise<Comparison> {
  const request = randomRequest(random);
  const signed = await oracle.ask<Signed>(request);
  if (signed.envelope === undefined) return "not signed";
  const isBroken = random.chance(0.3);
  const bytes = Buffer.from(signed.envelope, "base64");
  const certs = signed.certs ?? [];
  const question: Question = {
    op: "verify",
    mediaType: random.chance(0.98) ? request.mediaType : "application/other",
    envelope: (isBroken ? broken(bytes, random) : bytes).toString("base64"),
    policy: JSON.stringify(randomPolicy(random)),
    certs: random.pick([certs.slice(-1), certs.slice(-1), certs.slice(0, 1), []]),
    target: random.chance(0.95) ? target : { ...target, size: 480 },
    reference: random.chance(0.98) ? `${repository}@${target.digest}` : `Bad/${repository}@${target.digest}`,
  };
  const difference = differenceOf(judge(question), await oracle.ask<Judged>(question), isBroken);
  return difference === undefined ? "same" : { difference: `${difference}\n${JSON.stringify({ request, question })}` };
}

async function run(report: Report, { seed, budgetMs, cacheDir, filter }: SuiteOptions): Promise<void> {
  const oracle = startGoOracle("notation", cacheDir);
  if (typeof oracle === "string") return report.skip("notation", oracle);
  const random = new Random(seed);
  const endMs = Date.now() + Math.min(budgetMs, 60_000);
  let shown = 0;
  let unsigned = 0;
  try {
    for (let number = 1; Date.now() < endMs; number++) {
      const name = `${seed}/${number}`;
      if (filter !== undefined && !name.includes(filter)) continue;
      const comparison = await compare(oracle, random);
      if (comparison === "not signed") unsigned++;
      else if (comparison === "same") report.pass(name);
      else if (shown++ < 20) report.fail(name, comparison.difference);
      else break;
    }
    report.note(`${unsigned} more were not compared: notation-go refuses to sign them`);
  } finally {
    await oracle.close();
  }
}

/** Signatures of the Notary Project, made and judged by notation-go, and judged by us. */
export const suite: Suite = {
  name: "notation",
  summary:
    "signatures that notation-go makes, whole and broken, under policies of all levels: accepted, refused and told alike",
  run,
};
