import type { Clock } from "@eddy/core/clock";
import { sha256 } from "@eddy/core/digest";
import { messageOf } from "@eddy/core/errors";
import { childText, parseXml } from "@eddy/core/xml";
import { signAwsRequest, type AwsCredentials } from "@eddy/cloud";
import type { HttpClient } from "@eddy/http";
import { KmsError } from "./kms-error.ts";
import { askService, textMember } from "./ask-service.ts";

/** A key of AWS KMS. */
export interface AwsKmsKey {
  arn: string;
  /** Assumed before the key is used. */
  role?: string;
  context?: Readonly<Record<string, string>>;
}

/** What AWS KMS is reached through. */
export interface AwsKmsOptions {
  http: HttpClient;
  clock: Clock;
  credentials(region: string): Promise<AwsCredentials>;
  /** In place of the region's own, without a slash at the end. */
  endpoint?: string;
  stsEndpoint?: string;
}

/** Encrypts and decrypts up to 4,096 bytes. */
export interface AwsKms {
  /** @throws KmsError */
  encrypt(key: AwsKmsKey, plaintext: Uint8Array, signal?: AbortSignal): Promise<Uint8Array>;
  /** @throws KmsError */
  decrypt(key: AwsKmsKey, ciphertext: Uint8Array, signal?: AbortSignal): Promise<Uint8Array>;
}

const arnPattern = /^arn:aws[\w-]*:kms:([^:]+):[0-9]+:(?:key|alias)\/.+$/;

/** A client of AWS KMS. Source: its JSON API, version 2014-11-01. */
export function createAwsKms(options: AwsKmsOptions): AwsKms {
  const call = async (
    operation: "Encrypt" | "Decrypt",
    key: AwsKmsKey,
    blob: Uint8Array,
    signal?: AbortSignal,
  ): Promise<Uint8Array> => {
    const region = arnPattern.exec(key.arn)?.[1];
    if (region === undefined) throw new KmsError(`no valid ARN found in '${key.arn}'`, { terminal: true });
    const doing = `${operation.toLowerCase()} with AWS KMS`;
    const credentials = await credentialsFor(options, key, region, signal);
    const url = `${options.endpoint ?? `https://kms.${region}.amazonaws.com${region.startsWith("cn-") ? ".cn" : ""}`}/`;
    const input = { [operation === "Encrypt" ? "Plaintext" : "CiphertextBlob"]: Buffer.from(blob).toString("base64") };
    const body = JSON.stringify({
      KeyId: key.arn,
      ...input,
      ...(key.context ? { EncryptionContext: key.context } : {}),
    });
    const headers = { "content-type": "application/x-amz-json-1.1", "x-amz-target": `TrentService.${operation}` };
    const signed = sign(options, { url, body, headers }, { credentials, region, service: "kms" });
    const answer = await askService(options.http, { doing, url, body, headers, credentials: signed, signal });
    return Buffer.from(textMember(answer, operation === "Encrypt" ? "CiphertextBlob" : "Plaintext", doing), "base64");
  };
  return {
    encrypt: (key, plaintext, signal) => call("Encrypt", key, plaintext, signal),
    decrypt: (key, ciphertext, signal) => call("Decrypt", key, ciphertext, signal),
  };
}

function sign(
  { clock }: AwsKmsOptions,
  { url, body, headers }: { url: string; body: string; headers: Record<string, string> },
  scope: { credentials: AwsCredentials; region: string; service: string },
): Record<string, string> {
  const bodySha256 = sha256(body);
  const { host: _, ...signed } = signAwsRequest(
    { method: "POST", url: new URL(url), headers, bodySha256 },
    { ...scope, nowMs: clock.now() },
  );
  return signed;
}

async function credentialsFor(
  options: AwsKmsOptions,
  { role }: AwsKmsKey,
  region: string,
  signal?: AbortSignal,
): Promise<AwsCredentials> {
  const own = await options.credentials(region);
  return role === undefined ? own : await assumeRole(options, role, { own, region, signal });
}

/** Source: AWS STS API 2011-06-15. */
async function assumeRole(
  options: AwsKmsOptions,
  role: string,
  { own, region, signal }: { own: AwsCredentials; region: string; signal: AbortSignal | undefined },
): Promise<AwsCredentials> {
  const url = `${options.stsEndpoint ?? `https://sts.${region}.amazonaws.com${region.startsWith("cn-") ? ".cn" : ""}`}/`;
  const parameters = {
    Action: "AssumeRole",
    Version: "2011-06-15",
    RoleArn: role,
    RoleSessionName: `sops@${options.clock.now()}`,
  };
  const body = new URLSearchParams(parameters).toString();
  const headers = { "content-type": "application/x-www-form-urlencoded", accept: "application/xml" };
  const credentials = sign(options, { url, body, headers }, { credentials: own, region, service: "sts" });
  const doing = `assume the AWS role ${JSON.stringify(role)}`;
  try {
    const response = await options.http.request(url, {
      method: "POST",
      idempotent: true,
      maxRedirects: 0,
      maxBytes: 64 * 1024,
      timeoutMs: 30_000,
      headers,
      credentials,
      body,
      ...(signal ? { signal } : {}),
    });
    const answer = parseXml(await response.text());
    const field = (name: string): string => childText(answer, "AssumeRoleResult", "Credentials", name) ?? "";
    if (response.status !== 200)
      throw new KmsError(`${doing}: ${childText(answer, "Error", "Message") ?? `status ${response.status}`}`);
    return {
      accessKeyId: field("AccessKeyId"),
      secretAccessKey: field("SecretAccessKey"),
      sessionToken: field("SessionToken"),
    };
  } catch (cause) {
    if (cause instanceof KmsError) throw cause;
    throw new KmsError(`${doing}: ${messageOf(cause)}`, { cause });
  }
}
