import { GitError } from "./errors.ts";
import type { PrivateFolder } from "./private-folder.ts";
import type { GitAuth } from "./remote.ts";

/** A program to start, without a shell. */
export interface Command {
  program: string;
  args: string[];
  environment: Record<string, string>;
}

/** What may differ from one SSH remote to another. */
export interface SshOptions {
  program: string;
  kexAlgorithms?: string;
  hostKeyAlgorithms?: string;
}

/**
 * How `ssh` is started for a service of a repository.
 * @throws GitError `configuration` when identity or known hosts are missing, `unsafe` for a URL that would be read as an option.
 */
export function sshCommand(
  url: URL,
  auth: GitAuth,
  folder: PrivateFolder,
  options: SshOptions & { service: string },
): Command {
  const { host, user } = sshTarget(url);
  const settings = sshSettings(auth, folder, options);
  const command = `${options.service} ${quoteForRemoteShell(decodeURIComponent(url.pathname))}`;
  const port = url.port === "" ? [] : ["-p", url.port];
  return { ...settings, args: [...settings.args, ...port, "-l", user, "--", host, command] };
}

/** Host and user of an SSH URL; the user is `git` unless the URL names one. */
export function sshTarget(url: URL): { host: string; user: string } {
  const host = url.hostname.replace(/^\[|\]$/g, "");
  const user = decodeURIComponent(url.username) || "git";
  if (host.startsWith("-") || user.startsWith("-"))
    throw new GitError("unsafe", `connect ${url.host}: host and user must not start with "-"`);
  return { host, user };
}

/**
 * The part of an `ssh` command that is the same for every host: strict host keys from `knownHosts` only, the one identity,
 * no agent, no configuration file, no forwarding. Keys are files in the private folder; nothing secret is an argument.
 */
export function sshSettings(auth: GitAuth, folder: PrivateFolder, options: SshOptions): Command {
  if (!auth.identity) throw new GitError("configuration", "invalid 'ssh' auth option: 'identity' is required");
  if (!auth.knownHosts) throw new GitError("configuration", "invalid 'ssh' auth option: 'known_hosts' is required");
  const identity = folder.write("identity", `${auth.identity.trimEnd()}\n`);
  const knownHosts = folder.write("known_hosts", `${auth.knownHosts.trimEnd()}\n`);
  const settings = [
    ...fixedSettings,
    `UserKnownHostsFile="${knownHosts}"`,
    ...(options.kexAlgorithms ? [`KexAlgorithms=${options.kexAlgorithms}`] : []),
    ...(options.hostKeyAlgorithms ? [`HostKeyAlgorithms=${options.hostKeyAlgorithms}`] : []),
  ];
  return {
    program: options.program,
    args: ["-F", "/dev/null", "-T", "-i", identity, ...settings.flatMap((setting) => ["-o", setting])],
    environment: { GIT_PROTOCOL: "version=2", ...askPassphrase(auth, folder) },
  };
}

const fixedSettings = [
  "BatchMode=no",
  "PreferredAuthentications=publickey",
  "NumberOfPasswordPrompts=1",
  "StrictHostKeyChecking=yes",
  "GlobalKnownHostsFile=/dev/null",
  "UpdateHostKeys=no",
  "IdentitiesOnly=yes",
  "IdentityAgent=none",
  "ClearAllForwardings=yes",
  "ControlMaster=no",
  "ControlPath=none",
  "PermitLocalCommand=no",
  "ConnectTimeout=30",
  "ServerAliveInterval=15",
  "ServerAliveCountMax=3",
  "SendEnv=GIT_PROTOCOL",
  "LogLevel=ERROR",
];

/** The far end runs the command with its user's shell; Git's servers expect exactly this quoting (Git's `sq_quote_buf`). */
function quoteForRemoteShell(path: string): string {
  const cleaned = path.startsWith("/~") ? path.slice(1) : path;
  return `'${cleaned.replace(/['!]/g, (character) => `'\\${character}'`)}'`;
}

/** `ssh` asks a program for the passphrase; ours prints a private file. Without a passphrase an encrypted key is refused at once. */
function askPassphrase(auth: GitAuth, folder: PrivateFolder): Record<string, string> {
  const secret = folder.write("passphrase", auth.identityPassphrase ?? "");
  const script = `#!${process.execPath}\nprocess.stdout.write(require("node:fs").readFileSync(process.env.EDDY_PASSPHRASE_FILE));\n`;
  const program = folder.write("askpass.cjs", script, { executable: true });
  return { SSH_ASKPASS: program, SSH_ASKPASS_REQUIRE: "force", DISPLAY: ":0", EDDY_PASSPHRASE_FILE: secret };
}

/** What `ssh` and the far end said on standard error, as an error in the words of Go's SSH client. */
export function sshError(stderr: string, host: string): GitError {
  const detail = lastLine(stderr);
  if (/REMOTE HOST IDENTIFICATION HAS CHANGED/.test(stderr))
    return new GitError("host-key", `ssh: handshake failed: knownhosts: key mismatch (${host})`);
  if (/Host key verification failed|No \S+ host key is known|no matching host key type/i.test(stderr)) {
    return new GitError("host-key", `ssh: handshake failed: knownhosts: key is unknown (${host})`);
  }
  if (
    /incorrect passphrase|bad decrypt|invalid format|error in libcrypto|bad passphrase/i.test(stderr) &&
    /Permission denied/i.test(stderr)
  ) {
    return new GitError("authentication", "ssh: the private key cannot be read: wrong passphrase or format");
  }
  const readOnly = /^.*(?:read[- ]only|not allowed to push|write access|denied to).*$/im.exec(stderr)?.[0];
  if (readOnly !== undefined) return new GitError("authentication", `authorization failed: ${lastLine(readOnly)}`);
  if (/Permission denied|Too many authentication failures/i.test(stderr)) {
    return new GitError(
      "authentication",
      `ssh: handshake failed: ssh: unable to authenticate, no supported methods remain: ${detail}`,
    );
  }
  if (
    /not found|does not appear to be a git repository|does not exist|no such/i.test(stderr) &&
    !/Could not resolve/i.test(stderr)
  ) {
    return new GitError("not-found", `repository not found: ${detail}`);
  }
  return new GitError("unreachable", `connect ${host}: ${detail || "the connection was closed"}`);
}

function lastLine(text: string): string {
  const lines = text
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "");
  return (lines.at(-1) ?? "").slice(0, 300).replace(/[^\x20-\x7e]/g, "?");
}
