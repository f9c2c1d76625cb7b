import { execFile } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { messageOf } from "@eddy/core/errors";
import { createHttpClient, type HttpClient } from "@eddy/http";
import { createVaultTransit } from "@eddy/kms";
import { decryptFile, encryptFile, parseSopsConfig, rotateFile, type KeyServices } from "@eddy/sops";
import type { Report } from "../suite.ts";
import { startVault, type Vault } from "./start-vault.ts";

const run = promisify(execFile);
const plain = "a: secret\nb: [1, two]\n";

/** What encrypts and decrypts: the original, or ours. Each answers a file, or throws. */
interface Tool {
  name: string;
  encrypt(key: Key): Promise<string>;
  decrypt(text: string, token: string): Promise<string>;
  rotate(text: string, token: string): Promise<string>;
}

interface Key {
  engine: string;
  name: string;
  token: string;
}

/** The real `sops` program with a token in its environment. */
function theTool(program: string, folder: string, address: string): Tool {
  const [config, file] = [join(folder, "vault.yaml"), join(folder, "vault-file.yaml")];
  const sops = async (text: string, token: string, ...words: string[]): Promise<string> => {
    writeFileSync(file, text);
    // It would try for seconds where a server is sealed or away.
    const env = { VAULT_TOKEN: token, VAULT_MAX_RETRIES: "0", HOME: folder, PATH: "" };
    return (await run(program, ["--config", config, ...words, file], { env, encoding: "utf8" })).stdout;
  };
  return {
    name: "sops",
    async encrypt({ engine, name, token }) {
      writeFileSync(config, configFor(address, engine, name));
      return await sops(plain, token, "encrypt");
    },
    decrypt: (text, token) => sops(text, token, "decrypt"),
    rotate: (text, token) => sops(text, token, "rotate"),
  };
}

function ourTool(http: HttpClient, address: string): Tool {
  const servicesFor = (token: string): KeyServices => {
    const transit = createVaultTransit({ http, token: async () => token });
    return {
      hc_vault: {
        decrypt: (key, signal) => transit.decrypt(key, key.enc, signal),
        encrypt: (key, dataKey, signal) => transit.encrypt(key, dataKey, signal),
      },
    };
  };
  return {
    name: "Eddy",
    async encrypt({ engine, name, token }) {
      const rule = parseSopsConfig(configFor(address, engine, name)).ruleFor("vault-file.yaml");
      if (!rule) throw new Error("no rule matches");
      const options = { rule, services: servicesFor(token), now: new Date() };
      return Buffer.from(await encryptFile(Buffer.from(plain), "yaml", options)).toString();
    },
    async decrypt(text, token) {
      return Buffer.from((await decryptFile(Buffer.from(text), "yaml", servicesFor(token))).plain).toString();
    },
    async rotate(text, token) {
      const options = { services: servicesFor(token), now: new Date() };
      return Buffer.from(await rotateFile(Buffer.from(text), "yaml", options)).toString();
    },
  };
}

function configFor(address: string, engine: string, name: string): string {
  return `creation_rules:\n- hc_vault_transit_uri: ${address}/v1/${engine}/keys/${name}\n`;
}

/** The plain text as both read it: what a tool prints differs in flow and block style alone. */
const read = (text: string): string => text.replaceAll(/[[\]\s,-]/g, "");

class Cases {
  private readonly report: Report;
  private readonly tools: readonly Tool[];

  constructor(report: Report, tools: readonly Tool[]) {
    this.report = report;
    this.tools = tools;
  }

  /** Each tool's file, named by the tool. */
  async encrypt(key: Key): Promise<ReadonlyMap<Tool, string>> {
    const files = await Promise.all(this.tools.map(async (tool) => [tool, await tool.encrypt(key)] as const));
    return new Map(files);
  }

  /** Each tool reads what each has written, or refuses it with this in its words. */
  async decrypt(name: string, files: ReadonlyMap<Tool, string>, token: string, refusal?: RegExp): Promise<void> {
    for (const tool of this.tools) {
      for (const [author, text] of files) {
        const label = `vault: ${name}: ${tool.name} ${refusal ? "refuses" : "reads"} what ${author.name} wrote`;
        const outcome = await tool.decrypt(text, token).then(
          (found) => (read(found) === read(plain) ? undefined : `read ${JSON.stringify(found)}`),
          (error: unknown) => messageOf(error),
        );
        this.judge(label, outcome, refusal);
      }
    }
  }

  /** No tool can write a file, and says this. */
  async refuseToEncrypt(name: string, key: Key, refusal: RegExp): Promise<void> {
    for (const tool of this.tools) {
      const outcome = await tool.encrypt(key).then(
        () => undefined,
        (error: unknown) => messageOf(error),
      );
      this.judge(`vault: ${name}: ${tool.name} writes nothing`, outcome, refusal);
    }
  }

  private judge(label: string, outcome: string | undefined, refusal: RegExp | undefined): void {
    const isAsWanted = refusal ? outcome !== undefined && refusal.test(outcome) : outcome === undefined;
    if (isAsWanted) this.report.pass(label);
    else this.report.fail(label, refusal ? `want ${String(refusal)}, is ${outcome}` : String(outcome));
  }
}

const everything = ["create", "read", "update", "delete", "list"];

/** Files between the sops program and Eddy whose keys a real Vault holds: rotation, tokens, a sealed and an absent server. */
export async function compareVaultTransit(
  report: Report,
  vaultProgram: string,
  sops: string,
  folder: string,
): Promise<void> {
  const vault = await startVault(vaultProgram);
  const http = createHttpClient();
  try {
    const cases = new Cases(report, [theTool(sops, folder, vault.address), ourTool(http, vault.address)]);
    for (const engine of ["transit", "team/secrets/transit"])
      await vault.call("POST", `sys/mounts/${engine}`, { type: "transit" });
    const token = await vault.token({ "transit/*": everything, "team/secrets/transit/*": everything });
    await compareKeys(cases, vault, token);
    await compareRotation(cases, vault, token);
    await compareTokens(cases, vault);
    await compareOutages(cases, vault, token);
  } finally {
    http.close();
    await vault.stop();
  }
}

async function compareKeys(cases: Cases, vault: Vault, token: string): Promise<void> {
  for (const type of ["aes256-gcm96", "aes128-gcm96", "chacha20-poly1305", "rsa-2048"]) {
    const key = { engine: "transit", name: type, token };
    await vault.call("POST", `transit/keys/${type}`, { type });
    await cases.decrypt(type, await cases.encrypt(key), token);
  }
  const nested = { engine: "team/secrets/transit", name: "na.me_of-key", token };
  await vault.call("POST", "team/secrets/transit/keys/na.me_of-key");
  await cases.decrypt("an engine deeper down", await cases.encrypt(nested), token);
  await cases.decrypt("a key that encrypting creates", await cases.encrypt({ ...nested, name: "new" }), token);
  await vault.call("POST", "transit/keys/signs", { type: "ed25519" });
  await cases.refuseToEncrypt("a key that only signs", { engine: "transit", name: "signs", token }, /400|not support/i);
}

async function compareRotation(cases: Cases, vault: Vault, token: string): Promise<void> {
  const key = { engine: "transit", name: "rotated", token };
  await vault.call("POST", "transit/keys/rotated");
  const before = await cases.encrypt(key);
  await vault.call("POST", "transit/keys/rotated/rotate");
  await cases.decrypt("the version before", before, token);
  const after = await cases.encrypt(key);
  await cases.decrypt("the version after", after, token);
  const rotated = new Map<Tool, string>();
  // Each takes the other's file.
  const [first, second] = [...before.keys()];
  if (first && second) {
    rotated.set(first, await first.rotate(before.get(second) ?? "", token));
    rotated.set(second, await second.rotate(before.get(first) ?? "", token));
  }
  await cases.decrypt("a new data key", rotated, token);
  await vault.call("POST", "transit/keys/rotated/config", { min_decryption_version: 2 });
  await cases.decrypt(
    "a version that counts no longer",
    before,
    token,
    /ciphertext or signature version is disallowed/,
  );
  await cases.decrypt("a version that still counts", rotated, token);
}

async function compareTokens(cases: Cases, vault: Vault): Promise<void> {
  const key = { engine: "transit", name: "tokens" };
  await vault.call("POST", "transit/keys/tokens");
  const both = await vault.token({ "transit/encrypt/tokens": ["update"], "transit/decrypt/tokens": ["update"] });
  const writing = await vault.token({ "transit/encrypt/tokens": ["update"] });
  const files = await cases.encrypt({ ...key, token: writing });
  await cases.decrypt("a token for one key", files, both);
  await cases.decrypt("a token that may only encrypt", files, writing, /permission denied/);
  await cases.refuseToEncrypt("a token for another key", { ...key, name: "other", token: both }, /permission denied/);
  await vault.call("POST", "auth/token/revoke", { token: both });
  await cases.decrypt("a revoked token", files, both, /permission denied/);
  await cases.decrypt("a token that nobody gave", files, "hvs.nobody", /permission denied/);
}

async function compareOutages(cases: Cases, vault: Vault, token: string): Promise<void> {
  const key = { engine: "transit", name: "outages", token };
  await vault.call("POST", "transit/keys/outages");
  const files = await cases.encrypt(key);
  await vault.call("POST", "transit/keys/outages/config", { deletion_allowed: true });
  await vault.seal();
  await cases.decrypt("a sealed server", files, token, /Vault is sealed/);
  await cases.refuseToEncrypt("a sealed server", key, /Vault is sealed/);
  await vault.unseal();
  await cases.decrypt("unsealed again", files, token);
  await vault.call("DELETE", "transit/keys/outages");
  await cases.decrypt("a key that was deleted", files, token, /encryption key not found/);
  await vault.stop();
  await cases.decrypt("a server that is away", files, token, /ECONNREFUSED|connection refused/);
}
