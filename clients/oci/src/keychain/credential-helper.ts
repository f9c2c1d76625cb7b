import { execFile } from "node:child_process";
import { EddyError } from "@eddy/core/errors";
import { isObject } from "@eddy/core/json";
import type { RegistryAuth } from "../client.ts";

const timeoutMs = 30_000;
const maxOutput = 1024 * 1024;
const notFound = "credentials not found in native keychain";

/** Asks a program `docker-credential-<name>` for, or tells it, a login. */
export interface CredentialHelper {
  /** The login of a server; undefined where it has none. */
  get(server: string): Promise<RegistryAuth | undefined>;
  store(server: string, login: { username: string; password: string }): Promise<void>;
  erase(server: string): Promise<void>;
}

/**
 * A helper by the protocol of docker-credential-helpers. The program is looked up in `PATH`, its name checked, and runs with the
 * given environment.
 * @throws EddyError CREDENTIAL_HELPER (retry) when it fails; what it prints is not repeated.
 */
export function credentialHelper(name: string, env: NodeJS.ProcessEnv): CredentialHelper {
  if (!/^[A-Za-z0-9][A-Za-z0-9._-]*$/.test(name)) throw failure(name, "not a name");
  const run = (action: string, input: string): Promise<{ output: string; failed: boolean }> =>
    new Promise((resolve) => {
      const options = { timeout: timeoutMs, maxBuffer: maxOutput, env, encoding: "utf8" as const };
      const child = execFile(`docker-credential-${name}`, [action], options, (error, output) => {
        resolve({ output: output.trim(), failed: error !== null });
      });
      child.stdin?.on("error", () => {});
      child.stdin?.end(input);
    });
  const tell = async (action: string, input: string): Promise<void> => {
    const { failed, output } = await run(action, input);
    if (failed && output !== notFound) throw failure(name, `it could not ${action} the login`);
  };
  return {
    async get(server) {
      const { output, failed } = await run("get", server);
      if (failed && output === notFound) return undefined;
      if (failed) throw failure(name, `it could not be run, or failed, for ${server}`);
      return parseAnswer(name, output);
    },
    store: (server, { username, password }) =>
      tell("store", JSON.stringify({ ServerURL: server, Username: username, Secret: password })),
    erase: (server) => tell("erase", server),
  };
}

function failure(name: string, why: string): EddyError {
  return new EddyError("CREDENTIAL_HELPER", `ask docker-credential-${name}: ${why}`);
}

function parseAnswer(name: string, output: string): RegistryAuth | undefined {
  let value: unknown;
  try {
    value = JSON.parse(output);
  } catch {
    throw failure(name, "its answer is not JSON");
  }
  if (!isObject(value)) throw failure(name, "its answer is not an object");
  const { Username: username, Secret: secret } = value;
  if (typeof username !== "string" || typeof secret !== "string" || (username === "" && secret === ""))
    return undefined;
  return username === "<token>" ? { identityToken: secret } : { username, password: secret };
}
