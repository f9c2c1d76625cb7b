import http, { type Server } from "node:http";
import https from "node:https";
import type { AddressInfo } from "node:net";
import { EddyError } from "@eddy/core/errors";
import { answerAzure } from "./azure/answer-azure.ts";
import { createSharedAccessSignature } from "./azure/check-access.ts";
import { createBearerTokens } from "./bearer-tokens.ts";
import type { BucketServer, BucketServerOptions } from "./bucket-server.ts";
import { readExchange, sendAnswer, type Answer, type Exchange } from "./exchange.ts";
import { answerGcs } from "./gcs/answer-gcs.ts";
import { answerS3 } from "./s3/answer-s3.ts";
import { createTokenService } from "./s3/answer-sts.ts";
import type { FindKey } from "./s3/check-signature.ts";
import { createObjectStore } from "./store.ts";

/**
 * Starts the server and resolves when it listens.
 * @throws EddyError BUCKET_SERVER_OPEN (terminal) for an address beyond loopback where a protocol is open to everybody
 */
export async function startBucketServer(options: BucketServerOptions = {}): Promise<BucketServer> {
  const { host = "127.0.0.1", now = Date.now, pageSize = 1000, region = "us-east-1", azure, s3 } = options;
  const accounts = options.gcsAccounts ?? {};
  const isClosed = s3 !== undefined && azure !== undefined && Object.keys(accounts).length > 0;
  if (!isClosed && !["127.0.0.1", "::1", "localhost"].includes(host)) {
    const why = `${host} is not a loopback address, want keys for every protocol`;
    throw new EddyError("BUCKET_SERVER_OPEN", `start bucket server: ${why}`, { class: "terminal" });
  }
  const store = createObjectStore(now);
  const counts: Record<string, number> = {};
  const common = { store, pageSize, count: (what: string) => void (counts[what] = (counts[what] ?? 0) + 1) };
  const sts = createTokenService({
    ldapUsers: options.ldapUsers ?? {},
    webIdentities: options.webIdentities ?? {},
    now,
  });
  const tokens = createBearerTokens(options.bearerTokens ?? [], accounts, now);
  const findKey: FindKey | undefined =
    s3 && ((key) => (key === s3.accessKey ? { secretKey: s3.secretKey } : sts.findKey(key)));
  const keys = azure && { account: azure, tokens, now };

  const servers: Server[] = [];
  const serve = async (answer: (request: Exchange) => Answer): Promise<string> => {
    const server = await listen(options, host, answer);
    servers.push(server);
    const name = host.includes(":") ? `[${host}]` : host;
    return `${options.tls ? "https" : "http"}://${name}:${(server.address() as AddressInfo).port}`;
  };
  const s3Url = await serve((request) =>
    request.method === "POST" && request.path === "/"
      ? sts.answer(request)
      : answerS3(request, { ...common, findKey, region, now }),
  );
  const gcsTokens = Object.keys(accounts).length > 0 || options.bearerTokens ? tokens : undefined;
  const gcsUrl = await serve((request) => answerGcs(request, { ...common, tokens: gcsTokens }));
  const azureUrl = await serve((request) => answerAzure(request, { ...common, keys }));
  return {
    store,
    s3: { endpoint: s3Url.replace(/^https?:\/\//, ""), url: s3Url },
    gcs: { url: gcsUrl },
    azure: { url: azureUrl },
    sharedAccessSignature(container) {
      if (!azure) throw new EddyError("BUCKET_SERVER_OPEN", "sign access: the server has no Azure account");
      return createSharedAccessSignature(container, { account: azure, now });
    },
    requests: () => counts,
    async stop() {
      await Promise.all(servers.map(close));
    },
  };
}

function listen({ tls }: BucketServerOptions, host: string, answer: (request: Exchange) => Answer): Promise<Server> {
  const handler: http.RequestListener = (request, response) => {
    readExchange(request)
      .then((exchange) => sendAnswer(response, request.method ?? "", exchange ? answer(exchange) : { status: 413 }))
      .catch(() => response.destroy());
  };
  const server = tls ? https.createServer(tls, handler) : http.createServer(handler);
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(0, host, () => resolve(server));
  });
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
