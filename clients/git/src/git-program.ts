import { spawn } from "node:child_process";
import { rootCertificates } from "node:tls";
import { childEnvironment, gitConfigVariables } from "./child-environment.ts";
import { withoutUserInfo, type Address } from "./connect.ts";
import { GitError } from "./errors.ts";
import type { PrivateFolder } from "./private-folder.ts";
import type { GitAuth, GitProxy, OpenRepositoryOptions } from "./remote.ts";
import { sshError, sshSettings, sshTarget } from "./ssh-command.ts";

/** Runs the `git` program in a folder; resolves what it printed. */
export type GitProgram = (args: readonly string[], input?: Uint8Array) => Promise<string>;

const maxOutputBytes = 16 * 1024 * 1024;

/**
 * A `git` program that logs in as `auth` says. Credentials are in its environment and in private files, never among its
 * arguments; it asks nobody, runs no hook, follows no redirect and speaks no other protocol.
 */
export function createGitProgram(
  address: Address,
  options: Pick<OpenRepositoryOptions, "proxy" | "programs" | "ssh"> & {
    auth: GitAuth;
    folder: PrivateFolder;
    signal: AbortSignal;
  },
): GitProgram {
  const { folder, signal } = options;
  const config = [
    ...safeConfig(address),
    ...(address.kind === "http" ? httpConfig(options.auth, options.proxy, folder) : []),
  ];
  const ssh = address.kind === "ssh" ? sshProgram(options.auth, folder, options) : {};
  const environment = childEnvironment(folder.path, { ...gitConfigVariables(config), ...ssh });
  return (args, input) =>
    new Promise((resolve, reject) => {
      const child = spawn(options.programs?.git ?? "git", args, {
        env: environment,
        cwd: folder.path,
        shell: false,
        signal,
        stdio: "pipe",
      });
      let output = "";
      let errors = "";
      child.stdout.setEncoding("utf8").on("data", (text: string) => {
        if (output.length < maxOutputBytes) output += text;
      });
      child.stderr.setEncoding("utf8").on("data", (text: string) => (errors = (errors + text).slice(-16_384)));
      child.stdin.on("error", () => {});
      child.once("error", (error) =>
        reject(signal.aborted ? (signal.reason as Error) : new GitError("unreachable", `run git: ${error.message}`)),
      );
      child.once("close", (code) => {
        if (code === 0) resolve(output);
        else reject(programError(errors, address));
      });
      child.stdin.end(input);
    });
}

/** The remote as an argument: without credentials, with the user that SSH needs. */
export function remoteArgument(address: Address): string {
  if (address.kind === "local") return address.path;
  if (address.kind === "http") return withoutUserInfo(address.url.href);
  const url = new URL(address.url.href);
  url.username = sshTarget(url).user;
  url.password = "";
  return url.href;
}

type Config = [key: string, value: string][];

function safeConfig(address: Address): Config {
  const protocols = { http: ["http", "https"], ssh: ["ssh"], local: ["file"] }[address.kind];
  return [
    ["protocol.allow", "never"],
    ...protocols.map((protocol): [string, string] => [`protocol.${protocol}.allow`, "always"]),
    ["safe.directory", "*"],
    ["credential.helper", ""],
    ["core.askPass", ""],
    ["core.hooksPath", "/dev/null"],
    ["gc.auto", "0"],
    ["http.followRedirects", "false"],
    ["http.lowSpeedLimit", "1"],
    ["http.lowSpeedTime", "60"],
  ];
}

function httpConfig(auth: GitAuth, proxy: GitProxy | undefined, folder: PrivateFolder): Config {
  const config: Config = [];
  if (auth.bearerToken !== undefined) config.push(["http.extraHeader", `Authorization: Bearer ${auth.bearerToken}`]);
  else if (auth.username || auth.password) {
    config.push([
      "http.extraHeader",
      `Authorization: Basic ${Buffer.from(`${auth.username ?? ""}:${auth.password ?? ""}`).toString("base64")}`,
    ]);
  }
  if (auth.caCert)
    config.push(["http.sslCAInfo", folder.write("ca.pem", [...rootCertificates, auth.caCert].join("\n"))]);
  if (auth.clientCert) config.push(["http.sslCert", folder.write("client.pem", auth.clientCert)]);
  if (auth.clientKey) config.push(["http.sslKey", folder.write("client.key", auth.clientKey)]);
  if (proxy) config.push(["http.proxy", proxyUrl(proxy)]);
  return config;
}

function proxyUrl({ address, username, password }: GitProxy): string {
  const url = new URL(address);
  if (username) url.username = encodeURIComponent(username);
  if (password) url.password = encodeURIComponent(password);
  return url.href;
}

/** Git starts this program instead of `ssh`, without a shell; it adds our settings to Git's arguments. */
function sshProgram(
  auth: GitAuth,
  folder: PrivateFolder,
  options: Pick<OpenRepositoryOptions, "programs" | "ssh">,
): Record<string, string> {
  const { program, args, environment } = sshSettings(auth, folder, {
    program: options.programs?.ssh ?? "ssh",
    ...options.ssh,
  });
  const script = `#!${process.execPath}
const { spawnSync } = require("node:child_process");
const { status } = spawnSync(${JSON.stringify(program)}, [...${JSON.stringify(args)}, ...process.argv.slice(2)], { stdio: "inherit" });
process.exitCode = status ?? 255;
`;
  return { ...environment, GIT_SSH: folder.write("ssh.cjs", script, { executable: true }), GIT_SSH_VARIANT: "ssh" };
}

function programError(stderr: string, address: Address): GitError {
  const line =
    stderr
      .split("\n")
      .map((text) => text.trim())
      .find((text) => /^(?:fatal|error|remote|!)/.test(text) || text.startsWith("! "))
      ?.slice(0, 300) ?? stderr.trim().slice(0, 300);
  if (/\[rejected\]|non-fast-forward|fetch first|\[remote rejected\]|pre-receive hook/.test(stderr))
    return new GitError("rejected", `failed to push to remote: ${rejectionOf(stderr)}`);
  if (/Authentication failed|could not read Username|returned error: 40[13]|terminal prompts disabled/i.test(stderr))
    return new GitError("authentication", `authentication required: ${line}`);
  if (/SSL certificate|certificate verif/i.test(stderr))
    return new GitError("certificate", `tls: failed to verify certificate: ${line}`);
  if (/couldn't find remote ref/i.test(stderr)) return new GitError("ref-not-found", line);
  if (address.kind === "ssh") return sshError(stderr, address.url.host);
  if (/not found|does not exist|not appear to be a git repository/i.test(stderr))
    return new GitError("not-found", `repository not found: ${line}`);
  return new GitError("unreachable", line);
}

function rejectionOf(stderr: string): string {
  const lines = stderr.split("\n").map((text) => text.trim());
  return (lines.find((line) => line.startsWith("!")) ?? lines[0] ?? "").replace(/\s+/g, " ").slice(0, 300);
}
