import { EddyError } from "@eddy/core/errors";
import { isObject } from "@eddy/core/json";
import type { RegistryAuth } from "../client.ts";

/** A docker configuration: logins by what they are for, and programs that know others. */
export interface DockerConfig {
  /** By key as it was written: `host`, `host/path`, `https://host/v1/`. */
  readonly auths: ReadonlyMap<string, RegistryAuth>;
  /** `credHelpers`: name of the helper by host. */
  readonly helpers: Readonly<Record<string, string>>;
  /** `credsStore`: name of the helper of all others. */
  readonly store: string | undefined;
}

const maxEntries = 10_000;

/**
 * `config.json`, or the data of a Secret `.dockerconfigjson`.
 * @throws EddyError DOCKER_CONFIG (terminal) for what is no JSON or has a login that cannot be read; never quotes it.
 */
export function parseDockerConfig(text: string): DockerConfig {
  const fields = parseObject(text);
  const helpers = isObject(fields["credHelpers"]) ? fields["credHelpers"] : {};
  const store = fields["credsStore"];
  return {
    auths: parseAuths(fields["auths"] ?? fields["Auths"]),
    helpers: Object.fromEntries(
      Object.entries(helpers).filter((entry): entry is [string, string] => typeof entry[1] === "string"),
    ),
    store: typeof store === "string" && store !== "" ? store : undefined,
  };
}

/** The data of a Secret `.dockercfg`: the logins alone. @throws EddyError DOCKER_CONFIG (terminal). */
export function parseDockercfg(text: string): DockerConfig {
  return { auths: parseAuths(parseObject(text)), helpers: {}, store: undefined };
}

function badConfig(why: string): EddyError {
  return new EddyError("DOCKER_CONFIG", `read docker config: ${why}`, { class: "terminal" });
}

function parseObject(text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text);
    if (isObject(value)) return value;
  } catch {
    throw badConfig("it is not JSON");
  }
  throw badConfig("it is not an object");
}

function parseAuths(value: unknown): Map<string, RegistryAuth> {
  if (value === undefined || value === null) return new Map();
  if (!isObject(value)) throw badConfig("`auths` is not an object");
  const entries = Object.entries(value);
  if (entries.length > maxEntries) throw badConfig(`more than ${maxEntries} logins`);
  return new Map(entries.map(([key, entry]) => [key, parseAuth(key, entry)]));
}

function parseAuth(key: string, entry: unknown): RegistryAuth {
  const fields = isObject(entry) ? entry : {};
  const textOf = (name: string): string | undefined => {
    const value = fields[name];
    return typeof value === "string" && value !== "" ? value : undefined;
  };
  const auth = textOf("auth");
  const pair =
    auth === undefined ? { username: textOf("username"), password: textOf("password") } : decodePair(key, auth);
  const [identityToken, registryToken] = [textOf("identitytoken"), textOf("registrytoken")];
  return {
    ...(pair.username === undefined ? {} : { username: pair.username }),
    ...(pair.password === undefined ? {} : { password: pair.password }),
    ...(identityToken === undefined ? {} : { identityToken }),
    ...(registryToken === undefined ? {} : { registryToken }),
  };
}

/** Source: go-containerregistry `decodeDockerConfigFieldAuth`; docker itself cuts NULs off the end. */
function decodePair(key: string, auth: string): { username: string; password: string } {
  const trimmed = auth.trim();
  const isBase64 = /^[A-Za-z0-9+/]*={0,2}$/.test(trimmed);
  const text = isBase64 ? Buffer.from(trimmed, "base64").toString("utf8") : "";
  const colon = text.indexOf(":");
  if (colon < 0)
    throw badConfig(
      `unable to decode auth field of ${JSON.stringify(key)}: must be formatted as base64(username:password)`,
    );
  return { username: text.slice(0, colon), password: text.slice(colon + 1).replace(/\0+$/, "") };
}
