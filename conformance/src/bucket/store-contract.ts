import { createHash } from "node:crypto";
import { systemClock } from "@eddy/core/clock";
import { openS3Bucket, type Bucket } from "@eddy/bucket";
import { encodeAwsText, signAwsRequest } from "@eddy/cloud";
import { createHttpClient, type HttpClient } from "@eddy/http";
import { Random } from "../random.ts";
import type { Report, SuiteOptions } from "../suite.ts";
import { compareSeen } from "../tell-difference.ts";

/** One of the servers that must not be told apart. */
export interface StoreSide {
  endpoint: string;
  keys: { accessKey: string; secretKey: string };
}

interface Signed {
  method: string;
  path: string;
  query?: string;
  body?: string;
  secretKey?: string;
  accessKey?: string;
  region?: string;
  /** Milliseconds that the request's clock is wrong by. */
  skewMs?: number;
  unsigned?: boolean;
  /** Why the real server answers otherwise. */
  differs?: string;
}

const signal = new AbortController().signal;

/** What a server does with requests that ours and the real one must answer alike. */
const requests: readonly (Signed & { name: string })[] = [
  { name: "list of no bucket", method: "GET", path: "/nowhere", query: "list-type=2" },
  { name: "object of no bucket", method: "GET", path: "/nowhere/key" },
  { name: "head of no bucket", method: "HEAD", path: "/nowhere" },
  { name: "no object", method: "GET", path: "/contract/none" },
  { name: "head of no object", method: "HEAD", path: "/contract/none" },
  { name: "head of the bucket", method: "HEAD", path: "/contract" },
  { name: "an object", method: "GET", path: "/contract/a" },
  { name: "wrong secret", method: "GET", path: "/contract", query: "list-type=2", secretKey: "wrong" },
  {
    name: "unknown key",
    method: "GET",
    path: "/contract",
    query: "list-type=2",
    accessKey: "nobody",
    differs: "the gateway says XAdminUserNotFound where S3 says InvalidAccessKeyId",
  },
  { name: "not signed", method: "GET", path: "/contract/a", unsigned: true },
  { name: "late clock", method: "GET", path: "/contract/a", skewMs: -3_600_000 },
  { name: "early clock", method: "GET", path: "/contract/a", skewMs: 3_600_000 },
  { name: "wrong region", method: "GET", path: "/contract/a", region: "eu-north-9" },
  { name: "bucket's region", method: "GET", path: "/contract", query: "location=" },
  { name: "no number of keys", method: "GET", path: "/contract", query: "list-type=2&max-keys=x" },
];

async function send(http: HttpClient, { endpoint, keys }: StoreSide, request: Signed): Promise<Response> {
  const { method, path, query = "", body, region = "us-east-1", skewMs = 0 } = request;
  const url = new URL(`http://${endpoint}${path}`);
  url.search = query;
  const bodySha256 = createHash("sha256")
    .update(body ?? "")
    .digest("hex");
  const accessKeyId = request.accessKey ?? keys.accessKey;
  const credentials = { accessKeyId, secretAccessKey: request.secretKey ?? keys.secretKey };
  const scope = { credentials, region, service: "s3", nowMs: systemClock.now() + skewMs };
  const headers = request.unsigned ? {} : signAwsRequest({ method, url, bodySha256 }, scope);
  const answer = await http.request(url, { method, headers, ...(body === undefined ? {} : { body }), maxRedirects: 0 });
  const text = await answer.text();
  return { status: answer.status, etag: answer.headers["etag"], text };
}

interface Response {
  status: number;
  etag: string | undefined;
  text: string;
}

/** Status, etag and code: words and identifiers are a server's own. */
function comparable({ status, etag, text }: Response): string {
  const code = /<Code>([^<]*)<\/Code>/.exec(text)?.[1];
  const region = /<LocationConstraint[^>]*>([^<]*)</.exec(text)?.[1];
  const content = text.startsWith("<") ? undefined : text;
  return JSON.stringify({ status, etag, code, region, content });
}

/** The same content and the same requests on both: answers, and what the client makes of them. `sides`: theirs, ours. */
export async function runStoreContract(
  sides: readonly [StoreSide, StoreSide],
  { report, options }: { report: Report; options: SuiteOptions },
): Promise<void> {
  const http = createHttpClient();
  const check = async (
    name: string,
    observe: (side: StoreSide) => Promise<string>,
    differs?: string,
  ): Promise<void> => {
    if (options.filter !== undefined && !name.includes(options.filter)) return;
    await compareSeen(report, { name, differs }, [observe(sides[0]), observe(sides[1])]);
  };
  try {
    for (const side of sides) {
      await send(http, side, { method: "PUT", path: "/contract" });
      await send(http, side, { method: "PUT", path: "/contract/a", body: "content of a" });
    }
    for (const request of requests)
      await check(
        `store: ${request.name}`,
        async (side) => comparable(await send(http, side, request)),
        request.differs,
      );
    await compareContents(http, sides, check, options.seed);
  } finally {
    http.close();
  }
}

type Check = (name: string, observe: (side: StoreSide) => Promise<string>) => Promise<void>;

const pieces = [
  "a",
  "b",
  "app.yaml",
  "deploy",
  "ü",
  "€",
  " ",
  "+",
  "%41",
  "&",
  "=",
  "(1)",
  "'",
  "*",
  "~",
  ".",
  "-",
  "_",
];

/** Random keys, written to both; lists by prefix, and every object, read by the client. */
async function compareContents(
  http: HttpClient,
  sides: readonly StoreSide[],
  check: Check,
  seed: number,
): Promise<void> {
  const random = new Random(seed);
  const name = "random-content";
  const keys = new Set<string>();
  for (let count = 0; count < 60; count++) keys.add(randomKey(random));
  for (const side of sides) await send(http, side, { method: "PUT", path: `/${name}` });
  for (const key of keys) {
    const path = `/${name}/${key.split("/").map(encodeAwsText).join("/")}`;
    for (const side of sides) await send(http, side, { method: "PUT", path, body: `content of ${key}` });
  }
  for (const prefix of ["", "a", "deploy/", "ü", "a+", "none", "%41"]) {
    await check(`store: list of ${JSON.stringify(prefix)} (seed ${seed})`, async (side) =>
      withBucket(side, name, async (bucket) => JSON.stringify(await Array.fromAsync(bucket.list({ prefix, signal })))),
    );
  }
  await check(`store: every object (seed ${seed})`, (side) =>
    withBucket(side, name, async (bucket) => {
      const contents: string[] = [];
      for (const key of [...keys, "none"]) {
        const found = await bucket.get(key, { signal, maxBytes: 1_000 });
        contents.push(`${key}: ${found?.etag} ${Buffer.from(found?.bytes ?? []).toString()}`);
      }
      return contents.join("\n");
    }),
  );
}

/** Every step ends in a digit or letter of its own kind, so that no key is a folder of another: files cannot be both. */
function randomKey(random: Random): string {
  const folders = Array.from({ length: random.below(3) }, () => `${random.pick(pieces)}${random.pick(pieces)}d`);
  return [...folders, `${random.pick(pieces)}${random.pick(pieces)}f`].join("/");
}

async function withBucket(
  { endpoint, keys }: StoreSide,
  bucket: string,
  action: (bucket: Bucket) => Promise<string>,
): Promise<string> {
  const credentials = { accessKeyId: keys.accessKey, secretAccessKey: keys.secretKey };
  const options = { endpoint, bucket, insecure: true, http: {}, clock: systemClock };
  const opened = openS3Bucket({ ...options, credentials: async () => credentials });
  try {
    return await action(opened);
  } finally {
    opened.close();
  }
}
