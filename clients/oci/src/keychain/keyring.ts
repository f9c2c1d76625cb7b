import { EddyError } from "@eddy/core/errors";
import type { Keychain, RegistryAuth } from "../client.ts";
import { formatRepository, type Repository } from "@eddy/core/image";
import type { DockerConfig } from "./docker-config.ts";

interface Entry {
  /** `host[:port][/path]`; steps of the host may have `*` and `?`. */
  readonly key: string;
  readonly host: string;
  readonly path: string;
  readonly auth: RegistryAuth;
}

/** Logins by what they are for. */
export interface Keyring {
  /** The login whose key fits the repository and is the most particular, or undefined. */
  find(repository: Repository): RegistryAuth | undefined;
}

/**
 * A keyring of pull secrets, in their order: of equal keys the first wins. Source: go-containerregistry `authn/kubernetes`, which does
 * as the kubelet does.
 * @throws EddyError DOCKER_CONFIG (terminal) for a key that is no address.
 */
export function createKeyring(configs: readonly DockerConfig[]): Keyring {
  const entries: Entry[] = [];
  for (const { auths } of configs) for (const [key, auth] of auths) entries.push(entryOf(key, auth));
  // A longer path comes before its beginning; sorting is stable.
  entries.sort((left, right) => (left.key < right.key ? 1 : left.key > right.key ? -1 : 0));
  return {
    find(repository) {
      const target = formatRepository(repository);
      const slash = target.indexOf("/");
      const [host, path] = [target.slice(0, slash), target.slice(slash)];
      return entries.find((entry) => path.startsWith(entry.path) && matchesHost(entry.host, host))?.auth;
    },
  };
}

/** A keychain of {@link createKeyring}. */
export function keyringKeychain(configs: readonly DockerConfig[]): Keychain {
  const keyring = createKeyring(configs);
  return { resolve: (repository) => Promise.resolve(keyring.find(repository)) };
}

/** One login for everything. */
export function staticKeychain(auth: RegistryAuth | undefined): Keychain {
  return { resolve: () => Promise.resolve(auth) };
}

/** The first that knows a login. */
export function firstKeychain(...keychains: readonly Keychain[]): Keychain {
  return {
    async resolve(repository, options) {
      for (const keychain of keychains) {
        const auth = await keychain.resolve(repository, options);
        if (auth) return auth;
      }
      return undefined;
    },
  };
}

function entryOf(written: string, auth: RegistryAuth): Entry {
  const bare = written.replace(/^https?:\/\//, "");
  const slash = bare.indexOf("/");
  const host = slash < 0 ? bare : bare.slice(0, slash);
  if (host === "" || /[\s#@]/.test(host))
    throw new EddyError("DOCKER_CONFIG", `read docker config: entry ${JSON.stringify(written)} is no address`, {
      class: "terminal",
    });
  const whole = slash < 0 ? "" : bare.slice(slash);
  const path = whole.replace(/^\/v[12](?=\/)/, "");
  return { key: path === "/" ? host : host + path, host, path: path === "/" ? "" : path, auth };
}

function matchesHost(pattern: string, host: string): boolean {
  const [wanted, given] = [splitPort(pattern), splitPort(host)];
  const [patterns, steps] = [wanted.name.split("."), given.name.split(".")];
  if (wanted.port !== given.port || patterns.length !== steps.length) return false;
  return patterns.every((step, index) => matchesStep(step, steps[index] ?? ""));
}

function splitPort(host: string): { name: string; port: string } {
  const match = /^(.*):(\d+)$/.exec(host);
  return match ? { name: match[1] ?? "", port: match[2] ?? "" } : { name: host, port: "" };
}

/** `*` and `?` as in Go's `filepath.Match`, without backtracking that grows: the last star takes up what follows. */
function matchesStep(pattern: string, text: string): boolean {
  let [at, from, star, mark] = [0, 0, -1, 0];
  while (at < text.length) {
    if (pattern[from] === "*") {
      star = from++;
      mark = at;
    } else if (pattern[from] === "?" || pattern[from] === text[at]) {
      from++;
      at++;
    } else if (star >= 0) {
      from = star + 1;
      at = ++mark;
    } else return false;
  }
  while (pattern[from] === "*") from++;
  return from === pattern.length;
}
