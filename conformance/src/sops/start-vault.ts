import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { isObject, type JsonObject } from "@eddy/core/json";
import { stopProgram } from "../stop-program.ts";

/** A real Vault in memory with transit engines, as its administrator sees it. */
export interface Vault {
  address: string;
  /** A call as the administrator. @throws with what Vault says when it refuses */
  call(method: string, path: string, body?: object): Promise<JsonObject>;
  /** A token with these paths and capabilities alone. */
  token(rules: Readonly<Record<string, readonly string[]>>): Promise<string>;
  seal(): Promise<void>;
  unseal(): Promise<void>;
  stop(): Promise<void>;
}

/** Starts the program, gives it a key and opens it. */
export async function startVault(program: string): Promise<Vault> {
  const child = spawn(program, [], { stdio: ["ignore", "pipe", "ignore"] });
  const address = await Promise.race([
    once(createInterface({ input: child.stdout }), "line").then(([line]) => String(line)),
    once(child, "exit").then(([code]) => {
      throw new Error(`vault ended with code ${String(code)}`);
    }),
  ]);
  let root = "";
  let policies = 0;
  const call = async (method: string, path: string, body?: object): Promise<JsonObject> => {
    const response = await fetch(`${address}/v1/${path}`, {
      method,
      headers: { "x-vault-token": root },
      ...(body ? { body: JSON.stringify(body) } : {}),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status}: ${text}`);
    const value: unknown = text === "" ? {} : JSON.parse(text);
    return isObject(value) ? value : {};
  };
  const { keys, root_token } = await call("PUT", "sys/init", { secret_shares: 1, secret_threshold: 1 });
  const unseal = async (): Promise<void> => {
    await call("PUT", "sys/unseal", { key: Array.isArray(keys) ? keys[0] : "" });
  };
  root = String(root_token);
  await unseal();
  return {
    address,
    call,
    async token(rules) {
      const policy = Object.entries(rules).map(
        ([path, can]) => `path "${path}" { capabilities = ${JSON.stringify(can)} }`,
      );
      const name = `policy-${policies++}`;
      await call("PUT", `sys/policies/acl/${name}`, { policy: policy.join("\n") });
      const { auth } = await call("POST", "auth/token/create", { policies: [name], no_default_policy: true });
      return isObject(auth) ? String(auth["client_token"]) : "";
    },
    seal: async () => void (await call("PUT", "sys/seal")),
    unseal,
    stop: () => stopProgram(child),
  };
}
