/** The authority, certificates, tokens and keys of one control plane; kept in its data folder so that a kubeconfig outlives a restart. */
import { generateKeyPairSync, randomBytes, X509Certificate } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { isIP } from "node:net";
import { join } from "node:path";
import { makeCertificate, type KeyPair } from "./certificate.ts";

export interface Credentials {
  authority: KeyPair;
  server: KeyPair;
  /** CN=admin, O=system:masters. */
  admin: KeyPair;
  adminToken: string;
  /** PEM (PKCS 8) of the P-256 key that signs ServiceAccount tokens. */
  tokenKey: string;
}

const dayMs = 86_400_000;
const authorityName = "eddy-control-plane";

function serverHosts(host: string): string[] {
  const hosts = [
    "127.0.0.1",
    "10.0.0.1",
    "localhost",
    "kubernetes",
    "kubernetes.default",
    "kubernetes.default.svc",
    "kubernetes.default.svc.cluster.local",
  ];
  return hosts.includes(host) || host === "0.0.0.0" || host === "::" ? hosts : [...hosts, host];
}

function issueServer(authority: KeyPair, host: string, nowMs: number): KeyPair {
  return makeCertificate({
    commonName: "kube-apiserver",
    issuer: { ...authority, commonName: authorityName },
    use: "server",
    hosts: serverHosts(host),
    notBeforeMs: nowMs - dayMs,
    notAfterMs: nowMs + 3_650 * dayMs,
  });
}

function makeCredentials(host: string, nowMs: number): Credentials {
  const validity = { notBeforeMs: nowMs - dayMs, notAfterMs: nowMs + 3_650 * dayMs };
  const authority = makeCertificate({ commonName: authorityName, use: "authority", ...validity });
  const issuer = { ...authority, commonName: authorityName };
  return {
    authority,
    server: issueServer(authority, host, nowMs),
    admin: makeCertificate({
      commonName: "admin",
      organizations: ["system:masters"],
      issuer,
      use: "client",
      ...validity,
    }),
    adminToken: randomBytes(24).toString("base64url"),
    tokenKey: generateKeyPairSync("ec", { namedCurve: "prime256v1" }).privateKey.export({
      type: "pkcs8",
      format: "pem",
    }) as string,
  };
}

/** Whether a kept server certificate is for this host and good for another month. */
function serves(server: KeyPair, host: string, nowMs: number): boolean {
  const certificate = new X509Certificate(server.cert);
  const name = serverHosts(host).includes(host) ? host : "127.0.0.1";
  const named = (isIP(name) ? certificate.checkIP(name) : certificate.checkHost(name)) !== undefined;
  return named && Date.parse(certificate.validTo) > nowMs + 30 * dayMs;
}

/** Reads the credentials of a data folder, or makes and keeps new ones. Without a folder, new ones each time. */
export function ensureCredentials(dataDir: string | undefined, host: string, nowMs: number): Credentials {
  if (dataDir === undefined) return makeCredentials(host, nowMs);
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  const path = join(dataDir, "credentials.json");
  const kept = existsSync(path) ? (JSON.parse(readFileSync(path, "utf8")) as Credentials) : undefined;
  if (kept && serves(kept.server, host, nowMs)) return kept;
  const made = kept ? { ...kept, server: issueServer(kept.authority, host, nowMs) } : makeCredentials(host, nowMs);
  writeFileSync(`${path}.new`, JSON.stringify(made), { mode: 0o600 });
  renameSync(`${path}.new`, path);
  return made;
}

/** A kubeconfig for the admin, by client certificate. */
export function formatKubeconfig(url: string, credentials: Credentials): string {
  const base64 = (text: string): string => Buffer.from(text).toString("base64");
  return `apiVersion: v1
kind: Config
clusters:
- name: eddy
  cluster:
    server: ${url}
    certificate-authority-data: ${base64(credentials.authority.cert)}
contexts:
- name: eddy
  context:
    cluster: eddy
    user: admin
current-context: eddy
users:
- name: admin
  user:
    client-certificate-data: ${base64(credentials.admin.cert)}
    client-key-data: ${base64(credentials.admin.key)}
`;
}
