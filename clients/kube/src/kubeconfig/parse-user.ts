import { isObject, type JsonObject } from "@eddy/core/json";
import type { Impersonation } from "../client.ts";
import type { ExecConfig, UserConfig } from "./kube-config.ts";
import { compact, invalid, pemOf, textOf, textsOf } from "./kubeconfig-fields.ts";

/** Makes a path of a kubeconfig absolute. */
export type AtPath = (path: string | undefined) => string | undefined;

/** A `user` of a kubeconfig; `at` makes paths absolute. */
export function parseUser(body: JsonObject, at: AtPath, file?: string): UserConfig {
  if (body["auth-provider"] !== undefined && body["auth-provider"] !== null) {
    throw invalid(
      "read the user: auth-provider plugins were removed from Kubernetes 1.26, want exec",
      file,
      "auth-provider",
    );
  }
  return compact<UserConfig>({
    clientCertificateData: pemOf(body, "client-certificate-data", file),
    clientCertificateFile: at(textOf(body, "client-certificate", file)),
    clientKeyData: pemOf(body, "client-key-data", file),
    clientKeyFile: at(textOf(body, "client-key", file)),
    token: textOf(body, "token", file),
    tokenFile: at(textOf(body, "tokenFile", file)),
    username: textOf(body, "username", file),
    password: textOf(body, "password", file),
    exec: execOf(body["exec"], at, file),
    impersonate: impersonationOf(body, file),
  });
}

function execOf(exec: unknown, at: AtPath, file?: string): ExecConfig | undefined {
  if (exec === undefined || exec === null) return undefined;
  if (!isObject(exec)) throw invalid("read exec: want a mapping", file, "exec");
  const command = textOf(exec, "command", file) ?? "";
  if (command === "") throw invalid("read exec: command is empty", file, "exec.command");
  const mode = textOf(exec, "interactiveMode", file) ?? "IfAvailable";
  if (mode !== "Never" && mode !== "IfAvailable" && mode !== "Always") {
    throw invalid(
      `read exec: interactiveMode is ${JSON.stringify(mode)}, want "Never", "IfAvailable" or "Always"`,
      file,
      "exec.interactiveMode",
    );
  }
  const env = Array.isArray(exec["env"]) ? exec["env"].filter(isObject) : [];
  return compact<ExecConfig>({
    apiVersion: textOf(exec, "apiVersion", file) ?? "",
    // As in client-go: only a command with a slash is a path, and then it is relative to the kubeconfig.
    command: command.includes("/") ? (at(command) ?? command) : command,
    args: textsOf(exec["args"]) ?? [],
    env: env.map((entry) => ({ name: String(entry["name"] ?? ""), value: String(entry["value"] ?? "") })),
    provideClusterInfo: exec["provideClusterInfo"] === true,
    interactiveMode: mode,
    installHint: textOf(exec, "installHint", file),
  });
}

function impersonationOf(body: JsonObject, file?: string): Impersonation | undefined {
  const user = textOf(body, "as", file);
  const extra = body["as-user-extra"];
  if (user === undefined) return undefined;
  return compact<Impersonation>({
    user,
    uid: textOf(body, "as-uid", file),
    groups: textsOf(body["as-groups"]),
    extra: isObject(extra)
      ? Object.fromEntries(Object.entries(extra).map(([key, values]) => [key, textsOf(values) ?? []]))
      : undefined,
  });
}
