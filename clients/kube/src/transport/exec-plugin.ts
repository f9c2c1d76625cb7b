import { execFile } from "node:child_process";
import { EddyError, messageOf } from "@eddy/core/errors";
import { isObject } from "@eddy/core/json";
import type { ClusterConfig, ExecConfig } from "../kubeconfig/kube-config.ts";

/** What a plugin gave: a token, a certificate, or both; `expiresMs` when it says until when. */
export interface ExecCredential {
  token?: string;
  certificate?: { cert: string; key: string };
  expiresMs?: number;
}

const versions = ["client.authentication.k8s.io/v1", "client.authentication.k8s.io/v1beta1"];
const pluginTimeoutMs = 60_000;
const maxOutputBytes = 1_000_000;

/**
 * Runs a credential plugin, without a shell, and reads its answer.
 *
 * Source: client-go `plugin/pkg/client/auth/exec`.
 * @throws EddyError EXEC_PLUGIN (retry; terminal when the configuration is wrong). Its output never appears in the error.
 */
export async function fetchExecCredential(
  exec: ExecConfig,
  cluster: ClusterConfig,
  caData: string | undefined,
): Promise<ExecCredential> {
  if (!versions.includes(exec.apiVersion)) {
    throw failed(exec, `apiVersion is ${JSON.stringify(exec.apiVersion)}, want ${versions.join(" or ")}`, "terminal");
  }
  if (exec.interactiveMode === "Always")
    throw failed(exec, "it wants a terminal (interactiveMode: Always) and there is none", "terminal");
  const output = await run(exec, JSON.stringify(execInfo(exec, cluster, caData)));
  return parseExecCredential(exec, output);
}

/** `KUBERNETES_EXEC_INFO`. */
function execInfo(exec: ExecConfig, cluster: ClusterConfig, caData: string | undefined): unknown {
  const info = {
    server: cluster.server,
    ...(cluster.tlsServerName === undefined ? {} : { "tls-server-name": cluster.tlsServerName }),
    ...(cluster.insecureSkipTlsVerify ? { "insecure-skip-tls-verify": true } : {}),
    ...(caData === undefined ? {} : { "certificate-authority-data": Buffer.from(caData).toString("base64") }),
    ...(cluster.proxyUrl === undefined ? {} : { "proxy-url": cluster.proxyUrl }),
    ...(cluster.execExtension === undefined ? {} : { config: cluster.execExtension }),
  };
  return {
    apiVersion: exec.apiVersion,
    kind: "ExecCredential",
    spec: { interactive: false, ...(exec.provideClusterInfo ? { cluster: info } : {}) },
  };
}

function run(exec: ExecConfig, info: string): Promise<string> {
  const extra = Object.fromEntries(exec.env.map(({ name, value }) => [name, value]));
  const options = {
    env: { ...process.env, ...extra, KUBERNETES_EXEC_INFO: info },
    timeout: pluginTimeoutMs,
    maxBuffer: maxOutputBytes,
    windowsHide: true,
  };
  return new Promise((resolve, reject) => {
    const child = execFile(exec.command, [...exec.args], options, (error, stdout, stderr) => {
      if (!error) return resolve(stdout);
      if ((error as NodeJS.ErrnoException).code === "ENOENT")
        return reject(failed(exec, "the command was not found", "terminal"));
      const why = error.killed
        ? `no answer within ${pluginTimeoutMs / 1_000} s`
        : `exit code ${error.code ?? "unknown"}`;
      const detail = stderr.trim().slice(0, 500);
      reject(failed(exec, detail === "" ? why : `${why}: ${detail}`));
    });
    child.stdin?.end();
  });
}

/** Reads the `ExecCredential` that a plugin printed. */
export function parseExecCredential(exec: ExecConfig, output: string): ExecCredential {
  let credential: unknown;
  try {
    credential = JSON.parse(output);
  } catch {
    throw failed(exec, "its output is not JSON");
  }
  if (!isObject(credential) || credential["kind"] !== "ExecCredential")
    throw failed(exec, "its output is not an ExecCredential");
  if (credential["apiVersion"] !== exec.apiVersion) {
    throw failed(
      exec,
      `it answered ${JSON.stringify(credential["apiVersion"])}, want ${JSON.stringify(exec.apiVersion)}`,
    );
  }
  const status = isObject(credential["status"]) ? credential["status"] : {};
  const text = (field: string): string | undefined =>
    typeof status[field] === "string" && status[field] !== "" ? status[field] : undefined;
  const [token, cert, key, expires] = [
    text("token"),
    text("clientCertificateData"),
    text("clientKeyData"),
    text("expirationTimestamp"),
  ];
  if ((cert === undefined) !== (key === undefined))
    throw failed(exec, "it gave a certificate without a key, or a key without a certificate");
  if (token === undefined && cert === undefined) throw failed(exec, "it gave neither a token nor a certificate");
  const expiresMs = expires === undefined ? Number.NaN : Date.parse(expires);
  if (expires !== undefined && Number.isNaN(expiresMs))
    throw failed(exec, `its expirationTimestamp is ${JSON.stringify(expires)}, want RFC 3339`);
  return {
    ...(token === undefined ? {} : { token }),
    ...(cert === undefined || key === undefined ? {} : { certificate: { cert, key } }),
    ...(expires === undefined ? {} : { expiresMs }),
  };
}

function failed(exec: ExecConfig, detail: string, errorClass: "retry" | "terminal" = "retry"): EddyError {
  return new EddyError("EXEC_PLUGIN", `get credentials from ${JSON.stringify(exec.command)}: ${messageOf(detail)}`, {
    class: errorClass,
    ...(exec.installHint === undefined ? {} : { hint: exec.installHint }),
  });
}
