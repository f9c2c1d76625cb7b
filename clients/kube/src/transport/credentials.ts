import { readFile } from "node:fs/promises";
import { EddyError, messageOf } from "@eddy/core/errors";
import type { Clock } from "@eddy/core/clock";
import type { ClusterConfig, KubeConfig, TokenSource, UserConfig } from "../kubeconfig/kube-config.ts";
import { fetchExecCredential, type ExecCredential } from "./exec-plugin.ts";

/** How a request shows who it comes from. */
export interface Identity {
  /** The `Authorization` header, if any. */
  authorization: string | undefined;
  certificate: { cert: string; key: string } | undefined;
}

/** The identity to use now. Synchronous where nothing must be read: it is asked before every request. */
export interface Credentials {
  current(): Identity | Promise<Identity>;
  /** The server said 401: forget what was read. True when asking again may give something else. */
  refused(): boolean;
}

const rereadMs = 60_000;

/** The credentials of a kubeconfig's user. Files are read on first use; token files and exec plugins are followed. */
export function credentialsOf(config: KubeConfig, clock: Clock): Credentials {
  const { user, cluster } = config;
  if (user.exec) return followed(() => execIdentity(user, cluster), clock);
  const { tokenSource } = user;
  if (tokenSource) return followed(() => sourceIdentity(user, tokenSource), clock);
  if (user.tokenFile !== undefined || user.clientCertificateFile !== undefined || user.clientKeyFile !== undefined) {
    return followed(() => fileIdentity(user, clock), clock);
  }
  const identity = { authorization: authorizationOf(user, user.token), certificate: inlineCertificate(user) };
  return { current: () => identity, refused: () => false };
}

interface Reading {
  identity: Identity;
  /** When to read again. */
  staleMs: number;
}

/** Reads once for all who ask at the same time, and again when stale or refused. */
function followed(read: () => Promise<Reading>, clock: Clock): Credentials {
  let reading: Reading | undefined;
  let pending: Promise<Identity> | undefined;
  const refresh = async (): Promise<Identity> => {
    try {
      reading = await read();
      return reading.identity;
    } finally {
      pending = undefined;
    }
  };
  return {
    current: () => (reading && clock.now() < reading.staleMs ? reading.identity : (pending ??= refresh())),
    refused() {
      reading = undefined;
      return true;
    },
  };
}

async function execIdentity(user: UserConfig, cluster: ClusterConfig): Promise<Reading> {
  const caData = cluster.caData ?? (cluster.caFile === undefined ? undefined : await readText(cluster.caFile));
  const credential: ExecCredential = user.exec ? await fetchExecCredential(user.exec, cluster, caData) : {};
  const certificate = credential.certificate ?? inlineCertificate(user);
  return {
    identity: { authorization: authorizationOf(user, credential.token ?? user.token), certificate },
    staleMs: credential.expiresMs ?? Number.POSITIVE_INFINITY,
  };
}

// A token that expires on its way is refused: it is renewed a little before.
const renewBeforeMs = 60_000;

async function sourceIdentity(user: UserConfig, source: TokenSource): Promise<Reading> {
  const { token, expiresAtMs } = await source();
  const identity = { authorization: authorizationOf(user, token), certificate: inlineCertificate(user) };
  return { identity, staleMs: expiresAtMs - renewBeforeMs };
}

async function fileIdentity(user: UserConfig, clock: Clock): Promise<Reading> {
  const cert =
    user.clientCertificateData ??
    (user.clientCertificateFile === undefined ? undefined : await readText(user.clientCertificateFile));
  const key = user.clientKeyData ?? (user.clientKeyFile === undefined ? undefined : await readText(user.clientKeyFile));
  // client-go prefers the file over an inline token: the file is the one that rotates.
  const token = user.tokenFile === undefined ? user.token : (await readText(user.tokenFile)).trim();
  return {
    identity: { authorization: authorizationOf(user, token), certificate: pairOf(cert, key) },
    staleMs: clock.now() + rereadMs,
  };
}

function inlineCertificate(user: UserConfig): Identity["certificate"] {
  return pairOf(user.clientCertificateData, user.clientKeyData);
}

function pairOf(cert: string | undefined, key: string | undefined): Identity["certificate"] {
  if (cert === undefined && key === undefined) return undefined;
  if (cert !== undefined && key !== undefined) return { cert, key };
  throw new EddyError(
    "KUBECONFIG_INVALID",
    `read the user: client certificate without its ${cert === undefined ? "certificate" : "key"}`,
    { class: "terminal" },
  );
}

function authorizationOf(user: UserConfig, token: string | undefined): string | undefined {
  if (token !== undefined && token !== "") return `Bearer ${token}`;
  if (user.username === undefined && user.password === undefined) return undefined;
  return `Basic ${Buffer.from(`${user.username ?? ""}:${user.password ?? ""}`).toString("base64")}`;
}

async function readText(path: string): Promise<string> {
  try {
    return await readFile(path, "utf8");
  } catch (cause) {
    throw new EddyError(
      "KUBECONFIG_FILE",
      `read ${JSON.stringify(path)} named in the kubeconfig: ${messageOf(cause)}`,
      { cause },
    );
  }
}
