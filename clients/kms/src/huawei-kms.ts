import type { Clock } from "@eddy/core/clock";
import { isObject } from "@eddy/core/json";
import { trimRight } from "@eddy/core/trim";
import type { HttpClient } from "@eddy/http";
import { askService, textMember } from "./ask-service.ts";
import { KmsError } from "./kms-error.ts";
import { huaweiTime, signHuaweiRequest } from "./sign-huawei.ts";

/** What HuaweiCloud's KMS is reached through. */
export interface HuaweiKmsOptions {
  http: HttpClient;
  clock: Clock;
  /** The variables of HuaweiCloud's SDK: `HUAWEICLOUD_SDK_AK`, `…_SK`, `…_SECURITY_TOKEN`, `…_PROJECT_ID`, and its endpoints. */
  env: Readonly<Record<string, string | undefined>>;
}

/** Encrypts and decrypts; a key is `<region>:<uuid>`, `enc` HuaweiCloud's own text. */
export interface HuaweiKms {
  /** @throws KmsError */
  encrypt(keyId: string, plaintext: Uint8Array, signal?: AbortSignal): Promise<string>;
  /** @throws KmsError */
  decrypt(keyId: string, enc: string, signal?: AbortSignal): Promise<Uint8Array>;
}

interface Key {
  region: string;
  uuid: string;
}

interface Account {
  accessKeyId: string;
  secretAccessKey: string;
  securityToken: string | undefined;
}

interface Ask {
  doing: string;
  url: string;
  body?: string;
  projectId?: string;
  signal?: AbortSignal | undefined;
}

/**
 * A client of HuaweiCloud's KMS as the process: its key pair is in the environment. The project of a region is asked once, where
 * the environment does not name it. Source: KMS API v1.0, IAM API v3, and the variables of its Go SDK, which sops uses.
 */
export function createHuaweiKms(options: HuaweiKmsOptions): HuaweiKms {
  const projects = new Map<string, string>();
  const projectOf = async (region: string, signal?: AbortSignal): Promise<string> => {
    const found = options.env["HUAWEICLOUD_SDK_PROJECT_ID"] || projects.get(region);
    if (found) return found;
    const project = await askProject(options, region, signal);
    projects.set(region, project);
    return project;
  };
  const call = async (
    operation: "encrypt" | "decrypt",
    keyId: string,
    input: Record<string, string>,
    signal?: AbortSignal,
  ): Promise<string> => {
    const { region, uuid } = parseKeyId(keyId);
    const projectId = await projectOf(region, signal);
    const doing = `${operation} with HuaweiCloud KMS`;
    const answer = await ask(options, {
      doing,
      url: `${endpointOf(options, region)}/v1.0/${encodeURIComponent(projectId)}/kms/${operation}-data`,
      body: JSON.stringify({ key_id: uuid, ...input, encryption_algorithm: "SYMMETRIC_DEFAULT" }),
      projectId,
      signal,
    });
    return textMember(answer, operation === "encrypt" ? "cipher_text" : "plain_text", doing);
  };
  return {
    encrypt: (keyId, plaintext, signal) =>
      call("encrypt", keyId, { plain_text: Buffer.from(plaintext).toString("base64") }, signal),
    async decrypt(keyId, enc, signal) {
      return Buffer.from(await call("decrypt", keyId, { cipher_text: enc }, signal), "base64");
    },
  };
}

/** The region is part of a host: what a file in Git says is nothing but a region. */
function parseKeyId(keyId: string): Key {
  const [, region, uuid] = /^\s*([a-z]{2}-[a-z]+-\d{1,3})\s*:\s*([\w-]+)\s*$/.exec(keyId) ?? [];
  if (region !== undefined && uuid !== undefined) return { region, uuid };
  throw new KmsError(`invalid key ID format: expected 'region:key-uuid', got ${JSON.stringify(keyId)}`, {
    terminal: true,
  });
}

function endpointOf({ env }: HuaweiKmsOptions, region: string): string {
  const named = env[`HUAWEICLOUD_SDK_REGION_KMS_${region.replaceAll("-", "_").toUpperCase()}`];
  if (named) return trimRight(named.split(",")[0] ?? "", "/");
  return `https://kms.${region}.myhuaweicloud.${region === "eu-west-101" ? "eu" : "com"}`;
}

/** Regions whose IAM is the one that all share. Source: the SDK's list of endpoints, 0.1.207. */
const sharedIam: ReadonlySet<string> = new Set([
  "af-north-1",
  "ap-southeast-5",
  "cn-north-11",
  "cn-south-4",
  "cn-southwest-3",
  "eu-west-101",
]);

function iamOf({ env }: HuaweiKmsOptions, region: string): string {
  const named = trimRight(env["HUAWEICLOUD_SDK_IAM_ENDPOINT"] ?? "", "/");
  if (named) return named.includes("://") ? named : `https://${named}`;
  return `https://iam.${sharedIam.has(region) ? "" : `${region}.`}myhuaweicloud.com`;
}

async function askProject(options: HuaweiKmsOptions, region: string, signal?: AbortSignal): Promise<string> {
  const doing = `get project id of region '${region}'`;
  const url = `${iamOf(options, region)}/v3/projects?name=${region}`;
  const { projects } = await ask(options, { doing, url, signal });
  const ids = (Array.isArray(projects) ? projects : []).flatMap((project) => {
    const id: unknown = isObject(project) ? project["id"] : undefined;
    return typeof id === "string" ? [id] : [];
  });
  const [id] = ids;
  if (id !== undefined && ids.length === 1) return id;
  throw new KmsError(
    `${doing}: ${ids.length} projects have this name, want one: name it in HUAWEICLOUD_SDK_PROJECT_ID`,
  );
}

async function ask(
  { http, clock, env }: HuaweiKmsOptions,
  { doing, url, body, projectId, signal }: Ask,
): ReturnType<typeof askService> {
  const account = accountOf(env);
  const headers: Record<string, string> = {
    host: new URL(url).host,
    "x-sdk-date": huaweiTime(clock.now()),
    ...(projectId === undefined ? {} : { "x-project-id": projectId }),
    ...(account.securityToken ? { "x-security-token": account.securityToken } : {}),
  };
  const posted = body === undefined ? {} : { body };
  const method = body === undefined ? "GET" : "POST";
  const authorization = signHuaweiRequest({ method, url: new URL(url), headers, ...posted }, account);
  const { host: _, ...sent } = headers;
  return await askService(http, { doing, url, ...posted, credentials: { ...sent, authorization }, signal });
}

function accountOf(env: HuaweiKmsOptions["env"]): Account {
  const [accessKeyId, secretAccessKey] = [env["HUAWEICLOUD_SDK_AK"], env["HUAWEICLOUD_SDK_SK"]];
  const securityToken = env["HUAWEICLOUD_SDK_SECURITY_TOKEN"];
  if (accessKeyId && secretAccessKey) return { accessKeyId, secretAccessKey, securityToken };
  throw new KmsError(
    "failed to get HuaweiCloud credentials: HUAWEICLOUD_SDK_AK and HUAWEICLOUD_SDK_SK are not set; profiles, metadata services and pod identities are not asked",
  );
}
