/** One request from its arrival to its answer: who, may they, what. No sockets. */
import { messageOf } from "@eddy/core/errors";
import { authenticate, impersonate, type KnownToken } from "../auth/authenticate.ts";
import { forbiddenFor } from "../auth/forbidden.ts";
import { authorize, type AccessAttributes } from "../auth/rbac.ts";
import { kubernetesVersion } from "../data/pack.ts";
import { serveDiscovery } from "../discovery/discovery.ts";
import { serveOpenApi } from "../discovery/openapi.ts";
import { serveOpenApiV2 } from "../discovery/openapi-v2.ts";
import type { Kernel } from "../kernel.ts";
import { dispatch, pageNotFound } from "../rest/dispatch.ts";
import { internalError, StatusError } from "../status-error.ts";
import { jsonResponse, textResponse, type ApiRequest, type ApiResponse, type UserInfo } from "./api-request.ts";
import { parseRequestInfo, type RequestInfo } from "./request-info.ts";

/** A request before it is known who asks. */
export type IncomingRequest = Omit<ApiRequest, "user"> & {
  certificate: { commonName: string; organizations: readonly string[] } | undefined;
};

/** What serving needs. */
export interface ServePorts {
  kernel: Kernel;
  tokens: readonly KnownToken[];
}

function attributesOf(info: RequestInfo, user: UserInfo): AccessAttributes {
  const none = { group: "", version: "", resource: "", subresource: "", namespace: "", name: "", path: "" };
  return info.isResource
    ? { ...none, ...info, user }
    : { ...none, isResource: false, verb: info.verb, path: info.path, user };
}

/** Uids of the flow schema and priority level that a real server names; their presence turns client-side rate limiting off. */
const flowHeaders = {
  "x-kubernetes-pf-flowschema-uid": "00000000-0000-4000-8000-000000000001",
  "x-kubernetes-pf-prioritylevel-uid": "00000000-0000-4000-8000-000000000002",
};

/** Answers; never throws. */
export async function serve(ports: ServePorts, incoming: IncomingRequest): Promise<ApiResponse> {
  let response: ApiResponse;
  try {
    response = await answer(ports, incoming);
  } catch (error) {
    const status = error instanceof StatusError ? error : internalError(messageOf(error));
    if (!(error instanceof StatusError))
      ports.kernel.log.log("error", "request failed", {
        method: incoming.method,
        path: incoming.path,
        error: messageOf(error),
        stack: error instanceof Error ? error.stack : undefined,
      });
    const retry = status.details?.retryAfterSeconds;
    response = jsonResponse(
      status.httpStatus,
      status.toStatus(),
      retry === undefined ? {} : { "retry-after": String(retry) },
    );
  }
  Object.assign(response.headers, flowHeaders, {
    "cache-control": response.headers["cache-control"] ?? "no-cache, private",
  });
  return wantsPretty(incoming) ? pretty(response) : response;
}

async function answer(ports: ServePorts, incoming: IncomingRequest): Promise<ApiResponse> {
  const { kernel, tokens } = ports;
  const asker = authenticate(kernel, tokens, incoming.headers["authorization"], incoming.certificate);
  const user = impersonate(kernel, asker, incoming.headerPairs);
  const request: ApiRequest = { ...incoming, user };
  const info = parseRequestInfo(request.method, request.path, request.query);
  const attributes = attributesOf(info, user);
  if (!authorize(kernel, attributes)) throw forbiddenFor(attributes);
  return info.isResource ? dispatch(ports, request, info) : serveOther(kernel, request);
}

const healthPaths = new Set(["/healthz", "/livez", "/readyz", "/livez/ping", "/healthz/ping", "/readyz/ping"]);

function serveOther(kernel: Kernel, request: ApiRequest): ApiResponse {
  const path = request.path.length > 1 ? request.path.replace(/\/$/, "") : request.path;
  if (healthPaths.has(path)) {
    const check = path.slice(1).split("/")[0] ?? "";
    return textResponse(200, request.query.has("verbose") ? `[+]ping ok\n[+]log ok\n${check} check passed\n` : "ok");
  }
  if (path === "/version") return jsonResponse(200, versionInfo());
  if (path === "/openapi/v2") return serveOpenApiV2(kernel.registry, request);
  if (path === "/openapi/v3" || path.startsWith("/openapi/v3/"))
    return serveOpenApi(kernel.registry, request) ?? pageNotFound();
  if (path === "/")
    return jsonResponse(200, { paths: ["/api", "/apis", "/healthz", "/livez", "/openapi/v3", "/readyz", "/version"] });
  return serveDiscovery(kernel.registry, { ...request, path }) ?? pageNotFound();
}

function versionInfo(): Record<string, string> {
  const [, major = "1", minor = "0"] = /^v(\d+)\.(\d+)/.exec(kubernetesVersion) ?? [];
  return {
    major,
    minor,
    emulationMajor: major,
    emulationMinor: minor,
    minCompatibilityMajor: major,
    minCompatibilityMinor: String(Number(minor) - 1),
    gitVersion: kubernetesVersion,
    gitCommit: "",
    gitTreeState: "clean",
    buildDate: "1970-01-01T00:00:00Z",
    goVersion: "none",
    compiler: "eddy",
    platform: `${process.platform}/${process.arch === "x64" ? "amd64" : process.arch}`,
  };
}

function wantsPretty(request: IncomingRequest): boolean {
  const asked = request.query.get("pretty");
  if (asked !== null) return asked !== "false" && asked !== "0";
  return /^(curl|Wget|Mozilla)\b/.test(request.headers["user-agent"] ?? "");
}

function pretty(response: ApiResponse): ApiResponse {
  if (
    response.stream ||
    typeof response.body !== "string" ||
    response.headers["content-type"] !== "application/json" ||
    response.body === ""
  )
    return response;
  return { ...response, body: `${JSON.stringify(JSON.parse(response.body), undefined, 2)}\n` };
}
