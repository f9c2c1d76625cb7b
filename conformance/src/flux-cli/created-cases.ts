import { execFileSync } from "node:child_process";
import { join } from "node:path";
import type { CliWorld } from "./world.ts";

const basic = "--username u --password p";
const app = "--app-id 1 --app-installation-id 2";

/** Secrets that `create` prints, and what it refuses; files are those of {@link prepareCreated}. */
const secrets: readonly string[] = [
  `git auth --url https://example.org ${basic}`,
  `git auth --url https://example.org ${basic} --ca-crt-file tls.crt --label a=b,c=d`,
  "git auth --url https://example.org --bearer-token t",
  "git auth --url https://example.org",
  `git auth --url https://example.org ${basic} --bearer-token t`,
  `git auth --url ftp://example.org ${basic}`,
  `helm auth ${basic}`,
  `helm auth ${basic} --ca-crt-file tls.crt`,
  "helm auth --tls-crt-file tls.crt --tls-key-file tls.key",
  "helm auth --ca-crt-file tls.crt",
  "helm auth",
  "helm auth --username u",
  `oci auth --url ghcr.io ${basic}`,
  "oci auth --url ghcr.io --username u",
  "oci auth",
  `proxy auth --address http://proxy:3128 ${basic}`,
  "proxy auth",
  "tls auth --tls-crt-file tls.crt --tls-key-file tls.key --ca-crt-file tls.crt",
  "tls auth --ca-crt-file tls.crt",
  "tls auth --ca-crt-file none.crt",
  "tls auth --tls-crt-file tls.crt",
  "tls auth",
  "receiver auth --token t --hostname example.org --type github --label a=b",
  "receiver auth --token t --hostname example.org --type gcr --email-claim a@b",
  "receiver auth --hostname example.org",
  "receiver auth --type github",
  `githubapp auth ${app} --app-private-key tls.key`,
  `githubapp auth ${app} --app-installation-owner o --app-private-key tls.key`,
  "githubapp auth --app-private-key tls.key",
];

const trust = "--ca-cert-file tls.crt --trust-policy-file";

const notation: readonly string[] = [
  `notation auth ${trust} trust/good.json --label a=b`,
  `notation auth --ca-cert-file trust/ca.pem ${trust} trust/good.json`,
  `notation auth ${trust} trust/skipped.json`,
  `notation auth ${trust} trust/unused.json`,
  `notation auth ${trust} trust/empty.json`,
  `notation auth ${trust} trust/none.json`,
  `notation auth --ca-cert-file trust/ca.der --ca-cert-file trust/none.pem ${trust} trust/good.json`,
  "notation auth --ca-cert-file tls.crt",
  "notation auth",
];

/** Tenants that `create` prints, and what it refuses. */
const tenants: readonly string[] = [
  "dev --with-namespace apps",
  "dev --with-namespace apps,other --with-namespace third --label a=b,c=d --interval 5m",
  "dev --with-namespace apps --with-service-account flux --cluster-role view --skip-namespace",
  "dev --with-namespace apps --label a.b/c=",
  "dev --with-namespace a_b/",
  "dev --with-namespace -a",
  "dev --with-namespace a/b/c",
  `dev --with-namespace ${"a".repeat(64)}`,
  "dev --with-namespace apps --with-service-account /x",
  "dev --with-namespace apps --cluster-role=",
  "dev --with-namespace apps --label a",
  "dev --with-namespace apps --label a_=b",
  "dev --with-namespace apps --label a=-b",
  "dev",
  "x --with-namespace apps",
  "--with-namespace apps",
];

const kinds = ["git", "githubapp", "helm", "notation", "oci", "proxy", "receiver", "tls"];

/** Names that are refused before anything else is looked at. */
const misnamed: readonly string[] = kinds.flatMap((kind) => [kind, `${kind} x`, `${kind} A_b`]);

/** What Eddy says otherwise, and why. */
const otherwise: readonly (readonly [words: string, why: string])[] = [
  [`secret notation auth ${trust} trust/broken.json`, "where a text is no JSON is told in the words of another reader"],
  ["secret proxy auth --address proxy", "an address that is no URL is refused"],
  [`secret githubapp auth ${app}`, "that no file is named is said, and not that it is not there"],
];

/** `create` of what is no object of Flux, printed. */
export const createdCases: readonly { words: string; differs?: string }[] = [
  ...[...secrets, ...notation, ...misnamed].map((words) => ({ words: `create secret ${words} --export` })),
  ...tenants.map((words) => ({ words: `create tenant ${words} --export` })),
  ...otherwise.map(([words, differs]) => ({ words: `create ${words} --export`, differs })),
];

const statement = {
  name: "all",
  registryScopes: ["*"],
  signatureVerification: { level: "strict" },
  trustStores: ["ca:acme"],
  trustedIdentities: ["*"],
};
const skipped = { name: "all", registryScopes: ["*"], signatureVerification: { level: "skip" } };

const policy = (statements: readonly object[]): string =>
  JSON.stringify({ version: "1.0", trustPolicies: statements }, undefined, 2);

const files: Readonly<Record<string, string>> = {
  "trust/good.json": policy([statement]),
  "trust/skipped.json": policy([skipped]),
  "trust/unused.json": policy([{ ...statement, ...skipped }]),
  "trust/empty.json": policy([]),
  "trust/broken.json": "{",
  "trust/ca.pem": "-----BEGIN CERTIFICATE-----\n",
  "trust/ca.der": "",
};

/** Writes the files that the cases name. */
export function prepareCreated({ place: { dir }, write }: CliWorld): void {
  write(files);
  const subject = ["-subj", "/CN=x", "-days", "2", "-nodes", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"];
  const pair = ["-keyout", join(dir, "tls.key"), "-out", join(dir, "tls.crt")];
  execFileSync("openssl", ["req", "-x509", ...subject, ...pair], { stdio: "pipe" });
}
