import { TemplateSet, type FunctionTable } from "@eddy/gotemplate";
import type { GoOracle } from "../go-oracle.ts";
import type { Report } from "../suite.ts";

/** Certificates and keys, ours and sprig's, as Go reads them; only chance may tell them apart. */

const separator = "\n=====\n";
const authority = `{{ $ca := genCA "ca" 365 }}`;
const print = `{{ $c.Cert }}${separator.trim()}\n{{ $c.Key }}`;

const certificates: readonly string[] = [
  `{{ $c := genCA "my ca" 10 }}${print}`,
  `{{ $c := genCA "*.example.com" 3650 }}${print}`,
  `{{ $c := genCA "" 1 }}${print}`,
  `{{ $c := genCA "é & co" 36500 }}${print}`,
  `{{ $c := genSelfSignedCert "a.example" (list "10.0.0.1" "::1" "::ffff:1.2.3.4") (list "b.example" "*.c.example") 30 }}${print}`,
  `{{ $c := genSelfSignedCert "" nil (list "x") 30 }}${print}`,
  `{{ $c := genSelfSignedCert "x" nil nil -1 }}${print}`,
  `${authority}{{ $c := genSignedCert "leaf" (list "127.0.0.1") (list "leaf.svc") 90 $ca }}${print}${separator.trim()}\n{{ $ca.Cert }}`,
  `${authority}{{ $c := genSignedCert "ca" nil nil 90 $ca }}${print}${separator.trim()}\n{{ $ca.Cert }}`,
  `{{ $c := genCAWithKey "k" 5 (genPrivateKey "ecdsa") }}${print}`,
  `{{ $c := genCAWithKey "k" 5 (genPrivateKey "ed25519") }}${print}`,
  `{{ $c := genSelfSignedCertWithKey "k" (list "1.2.3.4") (list "d") 5 (genPrivateKey "ecdsa") }}${print}`,
  `{{ $ca := genCAWithKey "ca" 5 (genPrivateKey "ecdsa") }}{{ $c := genSignedCertWithKey "k" nil nil 5 $ca (genPrivateKey "ed25519") }}${print}${separator.trim()}\n{{ $ca.Cert }}`,
  `${authority}{{ $c := buildCustomCert (b64enc $ca.Cert) (b64enc $ca.Key) }}${print}`,
];

const keys: readonly string[] = ["rsa", "ecdsa", "ed25519", "dsa"].map((type) => `{{ genPrivateKey "${type}" }}`);

const refusals: readonly string[] = [
  `{{ genSelfSignedCert "x" (list "1.2.3") nil 1 }}`,
  `{{ genSelfSignedCert "x" (list 1) nil 1 }}`,
  `{{ genSelfSignedCert "x" nil (list 2) 1 }}`,
  `{{ genSelfSignedCert "x" nil (list "é") 1 }}`,
  `{{ genCAWithKey "x" 1 "y" }}`,
  `{{ genCAWithKey "x" 1 (genCA "a" 1).Cert }}`,
  `{{ genCAWithKey "x" 1 (genPrivateKey "rsa" | replace "RSA " "EC ") }}`,
  `{{ genCAWithKey "x" 1 (genPrivateKey "rsa" | replace "RSA " "") }}`,
  `{{ genCAWithKey "x" 1 (genPrivateKey "rsa" | replace "RSA " "FOO ") }}`,
  `{{ $ca := genCA "a" 1 }}{{ $d := dict "Cert" $ca.Cert }}{{ genSignedCert "x" nil nil 1 $d }}`,
  `{{ buildCustomCert "!" "" }}`,
  `{{ buildCustomCert (b64enc "x") "!" }}`,
  `{{ buildCustomCert (b64enc "x") (b64enc "y") }}`,
  `{{ buildCustomCert (b64enc "-----BEGIN CERTIFICATE-----\\nAAAA\\n-----END CERTIFICATE-----\\n") (b64enc "y") }}`,
  `{{ buildCustomCert (b64enc (genCA "a" 1).Cert) (b64enc "y") }}`,
  `{{ genPrivateKey "x" }}`,
  `{{ htpasswd "a:b" "c" }}`,
  `{{ bcrypt (repeat 73 "a") }}`,
  `{{ randInt 3 3 }}`,
  `{{ randBytes -1 }}`,
  `{{ decryptAES "k" (encryptAES "k" "secret") }}{{ encryptAES "k" "" }}{{ randAlpha -1 }}{{ len (randAlphaNum 20) }}{{ len (randNumeric 3) }}`,
  `{{ regexMatch "^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$" uuidv4 }}{{ len (b64dec (randBytes 9)) }}`,
  `{{ regexMatch "^u:\\\\$2a\\\\$10\\\\$[./A-Za-z0-9]{53}$" (htpasswd "u" "p") }}{{ len (shuffle "abcé") }}{{ randInt 3 4 }}`,
];

interface Answer {
  Output: string;
  Error: string;
}

const nothing = { kind: "nil" };

function own(table: FunctionTable, template: string): string {
  const set = new TemplateSet(table);
  try {
    set.parse("t", template);
    return set.execute("t", null, { missingKey: "zero" });
  } catch (error) {
    return (error as Error).message;
  }
}

async function theirs(oracle: GoOracle, template: string): Promise<string> {
  const { Output, Error: error } = await oracle.ask<Answer>({ Template: template, Data: nothing, Helm: 4 });
  return error === "" ? Buffer.from(Output, "base64").toString() : error;
}

async function describe(oracle: GoOracle, text: string): Promise<string> {
  const [Certificate = "", Key = "", Authority = ""] = text.split(separator);
  const question = Key === "" ? { Key: Certificate } : { Certificate: `${Certificate}\n`, Key, Authority };
  return (await oracle.ask<Answer>({ ...question, Data: nothing })).Error;
}

function settle(report: Report, name: string, one: string, other: string): void {
  if (one === other) report.pass(name);
  else report.fail(name, `\n  theirs ${one}\n  ours   ${other}`);
}

/** Runs them all once for each table. */
export async function compareCertificates(
  oracle: GoOracle,
  report: Report,
  sources: Readonly<Record<string, FunctionTable>>,
): Promise<void> {
  for (const template of [...certificates, ...keys]) {
    const want = await describe(oracle, await theirs(oracle, template));
    for (const [source, table] of Object.entries(sources)) {
      settle(report, `${source} ${template}`, want, await describe(oracle, own(table, template)));
    }
  }
  for (const template of refusals) {
    const [table] = Object.values(sources) as [FunctionTable];
    settle(report, template, await theirs(oracle, template), own(table, template));
  }
}
