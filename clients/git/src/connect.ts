import { isAbsolute, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import type { Clock } from "@eddy/core/clock";
import { serverError } from "./advertisement.ts";
import { childEnvironment } from "./child-environment.ts";
import { GitError } from "./errors.ts";
import { createHttpTransport } from "./http-transport.ts";
import { createPrivateFolder, type PrivateFolder } from "./private-folder.ts";
import type { GitAuth, OpenRepositoryOptions } from "./remote.ts";
import { sshCommand, sshError } from "./ssh-command.ts";
import { createStreamTransport } from "./stream-transport.ts";
import type { GitService, Transport } from "./transport.ts";

/** What a remote's address says, before anything is opened. */
export type Address =
  | { readonly kind: "http"; readonly url: URL }
  | { readonly kind: "ssh"; readonly url: URL }
  | { readonly kind: "local"; readonly path: string };

/**
 * Reads `http(s)://`, `ssh://`, `file://` and folders.
 * @throws GitError `configuration` for anything else, also for `git@host:path`, which Flux refuses too.
 */
export function parseAddress(text: string): Address {
  if (isAbsolute(text) || /^\.{1,2}(?:\/|$)/.test(text)) return { kind: "local", path: resolve(text) };
  if (!URL.canParse(text))
    throw new GitError(
      "configuration",
      `failed to parse url '${withoutUserInfo(text)}': want http://, https://, ssh:// or a folder`,
    );
  const url = new URL(text);
  if (url.protocol === "http:" || url.protocol === "https:") return { kind: "http", url };
  if (url.protocol === "ssh:") return { kind: "ssh", url };
  if (url.protocol === "file:") return { kind: "local", path: fileURLToPath(url) };
  throw new GitError(
    "configuration",
    `failed to parse url '${withoutUserInfo(text)}': scheme ${JSON.stringify(url.protocol.slice(0, -1))} is not supported`,
  );
}

/**
 * The address without a user or password: fit for messages, and for telling whether two remotes are one repository. Of what is
 * no URL everything up to the last `@` is left out: a password that was not encoded may hold any character.
 */
export function withoutUserInfo(text: string): string {
  const userInfo = URL.canParse(text) ? /^([a-z][a-z0-9+.-]*:\/\/)[^/?#]*@/i : /^([a-z][a-z0-9+.-]*:\/\/).*@/is;
  return text.replace(userInfo, "$1");
}

/** The credentials to use: those given, completed by those in the URL. */
export function authOf(address: Address, auth: GitAuth): GitAuth {
  if (address.kind !== "http" || auth.bearerToken !== undefined) return auth;
  if (auth.password && !auth.username && !address.url.username) {
    const scheme = address.url.protocol.slice(0, -1);
    throw new GitError("configuration", `invalid '${scheme}' auth option: 'password' requires 'username' to be set`);
  }
  return {
    ...auth,
    username: auth.username || decodeURIComponent(address.url.username),
    password: auth.password || decodeURIComponent(address.url.password),
  };
}

/** Options of {@link connect}. */
export interface ConnectOptions extends OpenRepositoryOptions {
  clock: Clock;
  maxRefBytes: number;
  /** Default `git-upload-pack`. */
  service?: GitService;
}

/** A transport for the address, and what must be tidied up after it. */
export function connect(address: Address, options: ConnectOptions): Transport {
  const { service = "git-upload-pack" } = options;
  const auth = authOf(address, options.auth ?? {});
  if (address.kind === "http") {
    return createHttpTransport(address.url, {
      auth,
      maxRefBytes: options.maxRefBytes,
      service,
      ...(options.proxy ? { proxy: options.proxy } : {}),
    });
  }
  const folder = lazyFolder();
  const environment = (extra: Record<string, string>): Record<string, string> =>
    childEnvironment(folder.get().path, extra);
  const transport = createStreamTransport({
    clock: options.clock,
    environment,
    endsByItself: service === "git-receive-pack",
    ...(address.kind === "ssh"
      ? sshSide(address.url, auth, folder, service, options)
      : localSide(address.path, service, options)),
  });
  return {
    ...transport,
    close() {
      transport.close();
      folder.remove();
    },
  };
}

function sshSide(
  url: URL,
  auth: GitAuth,
  folder: LazyFolder,
  service: GitService,
  options: OpenRepositoryOptions,
): Side {
  const program = options.programs?.ssh ?? "ssh";
  return {
    command: () => sshCommand(url, auth, folder.get(), { program, service, ...options.ssh }),
    explain: (stderr) => sshError(stderr, url.host),
  };
}

function localSide(path: string, service: GitService, options: OpenRepositoryOptions): Side {
  const command = service.slice("git-".length);
  return {
    command: () => ({
      program: options.programs?.git ?? "git",
      // The folder is the user's own choice; another owner of it is no danger.
      args: ["-c", "safe.directory=*", command, "--", path],
      environment: { GIT_PROTOCOL: "version=2" },
    }),
    explain: (stderr) => serverError(stderr.replace(/^fatal: /, "").trim() || `git ${command} ended`),
  };
}

type Side = Pick<Parameters<typeof createStreamTransport>[0], "command" | "explain">;

interface LazyFolder {
  get(): PrivateFolder;
  remove(): void;
}

/** A private folder that exists only once it is needed. */
function lazyFolder(): LazyFolder {
  let folder: PrivateFolder | undefined;
  return {
    get: () => (folder ??= createPrivateFolder()),
    remove() {
      folder?.remove();
      folder = undefined;
    },
  };
}
