import { chmodSync, existsSync, mkdirSync, readFileSync, renameSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { EddyError } from "@eddy/core/errors";
import { isObject, type JsonObject } from "@eddy/core/json";
import type { Keychain, RegistryAuth } from "../client.ts";
import { formatRepository, type Repository } from "@eddy/core/image";
import { credentialHelper } from "./credential-helper.ts";
import { parseDockerConfig, type DockerConfig } from "./docker-config.ts";

const maxBytes = 8 * 1024 * 1024;
const hub = "index.docker.io";
const hubKey = "https://index.docker.io/v1/";

/** Where programs of the Docker world keep logins: `$DOCKER_CONFIG/config.json`, `~/.docker/config.json`, Podman's. */
export function dockerConfigPath(env: NodeJS.ProcessEnv): string | undefined {
  return candidates(env).find((path) => isFile(path));
}

function candidates(env: NodeJS.ProcessEnv): string[] {
  const { DOCKER_CONFIG: dir, HOME: home, REGISTRY_AUTH_FILE: file, XDG_RUNTIME_DIR: runtime } = env;
  return [
    ...(dir ? [join(dir, "config.json")] : home ? [join(home, ".docker", "config.json")] : []),
    ...(file ? [file] : []),
    ...(runtime ? [join(runtime, "containers", "auth.json")] : []),
  ];
}

function isFile(path: string): boolean {
  return existsSync(path) && statSync(path).isFile();
}

/** @throws EddyError DOCKER_CONFIG (terminal). */
function loadConfig(path: string): DockerConfig {
  if (statSync(path).size > maxBytes)
    throw new EddyError("DOCKER_CONFIG", `read ${path}: more than ${maxBytes} bytes`, { class: "terminal" });
  return parseDockerConfig(readFileSync(path, "utf8"));
}

/**
 * Logins of the configuration file, and of the helpers that it names. Read at each call: a login elsewhere is seen at once. Source:
 * go-containerregistry `authn.DefaultKeychain`.
 */
export function dockerConfigKeychain(env: NodeJS.ProcessEnv): Keychain {
  return {
    async resolve(repository) {
      const path = dockerConfigPath(env);
      if (path === undefined) return undefined;
      const config = loadConfig(path);
      for (const key of keysOf(repository)) {
        const auth = await loginOf(config, key, env);
        if (auth) return auth;
      }
      return undefined;
    },
  };
}

function keysOf(repository: Repository): string[] {
  const host = repository.registry === hub ? hubKey : repository.registry;
  return repository.path === "" ? [host] : [formatRepository(repository), host];
}

async function loginOf(config: DockerConfig, key: string, env: NodeJS.ProcessEnv): Promise<RegistryAuth | undefined> {
  const helper = config.helpers[hostOf(key)] ?? config.helpers[key];
  const isHost = !key
    .replace(/^https?:\/\//, "")
    .replace(/\/v1\/$/, "")
    .includes("/");
  const name = helper ?? (isHost ? config.store : undefined);
  const stored = name === undefined || !isHost ? undefined : await credentialHelper(name, env).get(key);
  if (stored) return stored;
  const exact = config.auths.get(key);
  const found = exact ?? [...config.auths].find(([written]) => isHost && hostOf(written) === hostOf(key))?.[1];
  return found && Object.keys(found).length > 0 ? found : undefined;
}

function hostOf(key: string): string {
  return key.replace(/^https?:\/\//, "").split("/", 1)[0] ?? "";
}

/**
 * Keeps a login in the configuration file (mode 0600), or gives it to the helper that the file names.
 * @throws EddyError DOCKER_CONFIG, CREDENTIAL_HELPER.
 */
export async function storeLogin(
  registry: string,
  login: { username: string; password: string },
  env: NodeJS.ProcessEnv,
  path: string = dockerConfigPath(env) ?? defaultPath(env),
): Promise<void> {
  const key = registry === hub ? hubKey : registry;
  const config = isFile(path) ? loadConfig(path) : undefined;
  const helper = config?.helpers[registry] ?? config?.store;
  if (helper !== undefined) await credentialHelper(helper, env).store(key, login);
  const auth = Buffer.from(`${login.username}:${login.password}`).toString("base64");
  editAuths(path, (auths) => ({ ...auths, [key]: helper === undefined ? { auth } : {} }));
}

/** Forgets a login; false where there was none. @throws EddyError DOCKER_CONFIG, CREDENTIAL_HELPER. */
export async function eraseLogin(
  registry: string,
  env: NodeJS.ProcessEnv,
  path: string = dockerConfigPath(env) ?? defaultPath(env),
): Promise<boolean> {
  const key = registry === hub ? hubKey : registry;
  if (!isFile(path)) return false;
  const config = loadConfig(path);
  const helper = config.helpers[registry] ?? config.store;
  if (helper !== undefined) await credentialHelper(helper, env).erase(key);
  const known = config.auths.has(key);
  if (known) editAuths(path, (auths) => Object.fromEntries(Object.entries(auths).filter(([name]) => name !== key)));
  return known;
}

function defaultPath(env: NodeJS.ProcessEnv): string {
  const [first] = candidates(env);
  if (first === undefined)
    throw new EddyError("DOCKER_CONFIG", "keep the login: neither DOCKER_CONFIG nor HOME is set", {
      class: "terminal",
    });
  return first;
}

function editAuths(path: string, edit: (auths: JsonObject) => JsonObject): void {
  const text = isFile(path) ? readFileSync(path, "utf8") : "{}";
  const value: unknown = JSON.parse(text);
  const fields = isObject(value) ? value : {};
  const auths = isObject(fields["auths"]) ? fields["auths"] : {};
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  const part = `${path}.${process.pid}.part`;
  writeFileSync(part, `${JSON.stringify({ ...fields, auths: edit(auths) }, null, "\t")}\n`, { mode: 0o600 });
  chmodSync(part, 0o600);
  renameSync(part, path);
}
