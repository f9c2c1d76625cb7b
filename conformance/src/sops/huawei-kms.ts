import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { execFile } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { systemClock } from "@eddy/core/clock";
import { messageOf } from "@eddy/core/errors";
import { createHttpClient, type HttpClient } from "@eddy/http";
import { createHuaweiKms, signHuaweiRequest } from "@eddy/kms";
import { decryptFile, encryptFile, parseSopsConfig, type KeyServices } from "@eddy/sops";
import type { Report } from "../suite.ts";

const run = promisify(execFile);
const plain = "a: secret\n";
const uuid = "0d0466b0-e727-4d9c-b35d-f84bb474a37f";
const keys = { accessKeyId: "conformance", secretAccessKey: "a secret of nobody" };

interface StandIn {
  url: string;
  /** One line a request: what it asked, and whether its signature is that of its own headers and body. */
  asked: string[];
  stop(): Promise<void>;
}

/** A key service whose sealed text is the plain one behind a prefix, and that takes signed requests alone. */
async function startStandIn(): Promise<StandIn> {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const body = Buffer.concat(chunks).toString();
      const isSigned = signatureOf(request, body) === request.headers.authorization;
      asked.push(`${request.method} ${request.url} ${isSigned ? "signed" : "not signed"} ${body.trim()}`);
      const { plain_text = "", cipher_text = "" } = JSON.parse(body) as Record<string, string>;
      const answer = request.url?.endsWith("/encrypt-data")
        ? { cipher_text: `sealed.${plain_text}` }
        : { plain_text: cipher_text.replace(/^sealed\./, "") };
      const refusal = { error_code: "APIGW.0301", error_msg: "Incorrect IAM authentication information" };
      response.writeHead(isSigned ? 200 : 401, { "content-type": "application/json" });
      response.end(JSON.stringify(isSigned ? answer : refusal));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    stop: () => new Promise((resolve) => void server.close(() => resolve())),
  };
}

function signatureOf({ method = "", url = "", headers }: IncomingMessage, body: string): string {
  const names = /SignedHeaders=([\w;-]+)/.exec(headers.authorization ?? "")?.[1]?.split(";") ?? [];
  const signed = Object.fromEntries(names.map((name) => [name, String(headers[name] ?? "")]));
  return signHuaweiRequest({ method, url: new URL(url, `http://${headers.host}`), headers: signed, body }, keys);
}

/** The sops program and Eddy write and read files with one HuaweiCloud key; the stand-in holds each of their requests to its signature. */
export async function compareHuaweiKms(report: Report, sops: string, folder: string): Promise<void> {
  const standIn = await startStandIn();
  const http = createHttpClient();
  const env = {
    HUAWEICLOUD_SDK_AK: keys.accessKeyId,
    HUAWEICLOUD_SDK_SK: keys.secretAccessKey,
    HUAWEICLOUD_SDK_PROJECT_ID: "project",
    HUAWEICLOUD_SDK_REGION_KMS_CN_NORTH_4: standIn.url,
  };
  try {
    const theirs = theirTool(sops, folder, env);
    const ours = ourTool(http, env);
    const asked = new Map<string, string[]>();
    for (const [name, writer, reader] of [
      ["Eddy reads what sops wrote", theirs, ours],
      ["sops reads what Eddy wrote", ours, theirs],
    ] as const) {
      const outcome = await writer.encrypt().then(reader.decrypt).catch(messageOf);
      asked.set(name, standIn.asked.splice(0).map(withoutKey));
      if (outcome === plain) report.pass(`huawei: ${name}`);
      else report.fail(`huawei: ${name}`, outcome);
    }
    const [first, second] = [...asked.values()].map((lines) => JSON.stringify(lines));
    if (first === second) report.pass("huawei: both ask the same");
    else report.fail("huawei: both ask the same", `by sops and Eddy: ${first}, by Eddy and sops: ${second}`);
  } finally {
    http.close();
    await standIn.stop();
  }
}

/** The data key is random, and members have no order. */
function withoutKey(line: string): string {
  const [, head = "", body = "{}"] = /^(.*?signed) (.*)$/.exec(line) ?? [];
  const members = Object.entries(JSON.parse(body) as Record<string, string>);
  const shown = members.map(([name, value]) => `${name}=${name.endsWith("_text") ? "…" : value}`).sort();
  return `${head} ${shown.join(" ")}`;
}

interface Tool {
  encrypt(): Promise<string>;
  decrypt(text: string): Promise<string>;
}

const config = `creation_rules:\n- hckms:\n  - cn-north-4:${uuid}\n`;

function theirTool(program: string, folder: string, env: Record<string, string>): Tool {
  const [rules, file] = [join(folder, "huawei.yaml"), join(folder, "huawei-file.yaml")];
  writeFileSync(rules, config);
  const call = async (text: string, command: string): Promise<string> => {
    writeFileSync(file, text);
    const options = { env: { ...env, HOME: folder, PATH: "" }, encoding: "utf8" } as const;
    return (await run(program, ["--config", rules, command, file], options)).stdout;
  };
  return { encrypt: () => call(plain, "encrypt"), decrypt: (text) => call(text, "decrypt") };
}

function ourTool(http: HttpClient, env: Record<string, string>): Tool {
  const kms = createHuaweiKms({ http, clock: systemClock, env });
  const services: KeyServices = {
    hckms: {
      decrypt: (key, signal) => kms.decrypt(key.keyId, key.enc, signal),
      encrypt: (key, dataKey, signal) => kms.encrypt(key.keyId, dataKey, signal),
    },
  };
  return {
    async encrypt() {
      const rule = parseSopsConfig(config).ruleFor("huawei-file.yaml");
      if (!rule) throw new Error("no rule matches");
      return Buffer.from(await encryptFile(Buffer.from(plain), "yaml", { rule, services, now: new Date() })).toString();
    },
    async decrypt(text) {
      return Buffer.from((await decryptFile(Buffer.from(text), "yaml", services)).plain).toString();
    },
  };
}
