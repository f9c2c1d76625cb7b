import { execFileSync } from "node:child_process";
import { join } from "node:path";

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

const kinds = ["git", "githubapp", "helm", "oci", "proxy", "receiver", "tls"];

/** Names that are refused before anything else is looked at. */
const misnamed: readonly string[] = kinds.flatMap((kind) => [kind, `${kind} x`, `${kind} A_b`]);

/** What Eddy says otherwise, and why. */
const otherwise: readonly (readonly [words: string, why: string])[] = [
  ["secret proxy auth --address proxy", "an address that is no URL is refused"],
  [`secret githubapp auth ${app}`, "that no file is named is said, and not that it is not there"],
];

/** `create` of what is no object of Flux, printed. */
export const createdCases: readonly { words: string; differs?: string }[] = [
  ...[...secrets, ...misnamed].map((words) => ({ words: `create secret ${words} --export` })),
  ...otherwise.map(([words, differs]) => ({ words: `create ${words} --export`, differs })),
];

/** Writes the files that the cases name. */
export function prepareCreated(dir: string): void {
  const subject = ["-subj", "/CN=x", "-days", "2", "-nodes", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"];
  const files = ["-keyout", join(dir, "tls.key"), "-out", join(dir, "tls.crt")];
  execFileSync("openssl", ["req", "-x509", ...subject, ...files], { stdio: "pipe" });
}
