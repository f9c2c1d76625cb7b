/** Subresources that are actions: pod logs, binding, eviction, ephemeral containers and resize; ServiceAccount tokens. */
import { formatTime } from "@eddy/core/conditions";
import { isObject, type JsonObject } from "@eddy/core/json";
import { cloneJson, valueAt, type KubeObject } from "@eddy/core/object";
import { tokenIssuerName, type TokenSubject } from "../auth/service-account-token.ts";
import { decodeBody } from "../http/decode-body.ts";
import { jsonResponse, type ApiRequest, type ApiResponse, type StreamSink } from "../http/api-request.ts";
import { isTrue, type ResourceRequest } from "../http/request-info.ts";
import type { Kernel } from "../kernel.ts";
import type { ResourceInfo } from "../resources/resource-info.ts";
import { badRequest, StatusError } from "../status-error.ts";
import { deleteObject } from "./delete-object.ts";
import type { Presenter } from "./present.ts";
import { readWriteOptions } from "./write-options.ts";
import { requireObject, trackManagers, updateObject } from "./write-object.ts";

const success = (status: number): ApiResponse =>
  jsonResponse(status, { kind: "Status", apiVersion: "v1", metadata: {}, status: "Success", code: status });

/** Answers an action. @throws StatusError; 501 for exec and its kind, which need containers. */
export async function serveSubresource(
  kernel: Kernel,
  info: ResourceInfo,
  request: ApiRequest,
  about: ResourceRequest,
  present: Presenter,
): Promise<ApiResponse> {
  const name = `${info.resource}/${about.subresource}`;
  switch (name) {
    case "pods/log":
      return podLog(kernel, info, request, about);
    case "pods/binding":
      return bindPod(kernel, info, request, about);
    case "pods/eviction":
      return evictPod(kernel, info, request, about);
    case "serviceaccounts/token":
      return issueToken(kernel, info, request, about);
    default:
      break;
  }
  if (about.verb === "get" && info.subresources.get(about.subresource)?.kind === info.kind) {
    return jsonResponse(200, present.object(requireObject(kernel, info, about.namespace, about.name)));
  }
  throw new StatusError(501, "NotImplemented", `${name} needs running containers; this control plane runs none`);
}

function containerOf(pod: KubeObject, asked: string | null): string {
  const containers = ((valueAt(pod, "spec", "containers") as { name: string }[] | undefined) ?? []).map(
    (each) => each.name,
  );
  const init = ((valueAt(pod, "spec", "initContainers") as { name: string }[] | undefined) ?? []).map(
    (each) => each.name,
  );
  if (asked !== null && asked !== "") {
    if (![...containers, ...init].includes(asked))
      throw badRequest(`container ${asked} is not valid for pod ${pod.metadata.name}`);
    return asked;
  }
  if (containers.length > 1)
    throw badRequest(
      `a container name must be specified for pod ${pod.metadata.name}, choose one of: [${containers.join(" ")}]`,
    );
  return containers[0] ?? "";
}

function podLog(kernel: Kernel, info: ResourceInfo, request: ApiRequest, about: ResourceRequest): ApiResponse {
  const pod = requireObject(kernel, info, about.namespace, about.name);
  const { query } = request;
  const container = containerOf(pod, query.get("container"));
  const number = (name: string): number | undefined => (query.has(name) ? Number(query.get(name)) : undefined);
  const headers = { "content-type": "text/plain" };
  const stop = new AbortController();
  const tailLines = number("tailLines");
  const sinceSeconds = number("sinceSeconds");
  const limitBytes = number("limitBytes");
  const lines = kernel.podLogs?.({
    pod,
    container,
    follow: isTrue(query.get("follow")),
    previous: isTrue(query.get("previous")),
    timestamps: isTrue(query.get("timestamps")),
    ...(tailLines === undefined ? {} : { tailLines }),
    ...(sinceSeconds === undefined ? {} : { sinceSeconds }),
    ...(limitBytes === undefined ? {} : { limitBytes }),
    signal: stop.signal,
  });
  if (!lines) return { status: 200, headers, body: "" };
  return {
    status: 200,
    headers,
    body: "",
    stream(sink) {
      void pump(lines, sink, stop.signal);
      return () => stop.abort();
    },
  };
}

async function pump(
  lines: AsyncIterable<string> | Iterable<string>,
  sink: StreamSink,
  signal: AbortSignal,
): Promise<void> {
  try {
    for await (const line of lines) {
      if (signal.aborted) return;
      sink.write(line);
    }
  } finally {
    sink.end();
  }
}

async function bindPod(
  kernel: Kernel,
  info: ResourceInfo,
  request: ApiRequest,
  about: ResourceRequest,
): Promise<ApiResponse> {
  const { value } = await decodeBody(request.body, request.headers["content-type"], false);
  const node = isObject(value) ? valueAt(value, "target", "name") : undefined;
  if (typeof node !== "string" || node === "") throw badRequest("bind a pod: want target.name");
  const live = requireObject(kernel, info, about.namespace, about.name);
  if (valueAt(live, "spec", "nodeName"))
    throw new StatusError(
      409,
      "Conflict",
      `Operation cannot be fulfilled on pods/binding ${JSON.stringify(about.name)}: pod ${about.name} is already assigned to node ${JSON.stringify(valueAt(live, "spec", "nodeName"))}`,
    );
  const next = cloneJson<KubeObject>(live);
  (next["spec"] as JsonObject)["nodeName"] = node;
  const options = readWriteOptions(request, "CreateOptions");
  updateObject(
    kernel,
    info,
    "binding",
    live,
    trackManagers(kernel, info, "binding", live, next, options.manager),
    options,
  );
  await kernel.store.durable();
  return success(201);
}

async function evictPod(
  kernel: Kernel,
  info: ResourceInfo,
  request: ApiRequest,
  about: ResourceRequest,
): Promise<ApiResponse> {
  const options = readWriteOptions(request, "CreateOptions");
  deleteObject(kernel, info, about.namespace, about.name, { dryRun: options.dryRun });
  await kernel.store.durable();
  return success(201);
}

interface TokenSpec {
  audiences?: string[] | null;
  expirationSeconds?: number;
  boundObjectRef?: { kind?: string; name?: string; uid?: string } | null;
}

async function issueToken(
  kernel: Kernel,
  info: ResourceInfo,
  request: ApiRequest,
  about: ResourceRequest,
): Promise<ApiResponse> {
  const { value } = await decodeBody(request.body, request.headers["content-type"], false);
  const review = isObject(value) ? value : {};
  const spec = (review["spec"] ?? {}) as TokenSpec;
  const account = requireObject(kernel, info, about.namespace, about.name);
  const seconds = spec.expirationSeconds ?? 3_600;
  if (seconds < 600)
    throw new StatusError(
      422,
      "Invalid",
      `TokenRequest.authentication.k8s.io "" is invalid: spec.expirationSeconds: Invalid value: ${seconds}: may not specify a duration less than 10 minutes`,
      {
        group: "authentication.k8s.io",
        kind: "TokenRequest",
        causes: [
          {
            reason: "FieldValueInvalid",
            message: `Invalid value: ${seconds}: may not specify a duration less than 10 minutes`,
            field: "spec.expirationSeconds",
          },
        ],
      },
    );
  const nowSeconds = Math.floor(kernel.clock.now() / 1_000);
  const audiences = spec.audiences && spec.audiences.length > 0 ? spec.audiences : [tokenIssuerName];
  const bound = spec.boundObjectRef;
  const subject: TokenSubject = {
    namespace: about.namespace,
    name: about.name,
    uid: account.metadata.uid ?? "",
    ...(bound?.kind === "Pod" || bound?.kind === "Secret"
      ? { bound: { kind: bound.kind, name: bound.name ?? "", uid: bound.uid ?? "" } }
      : {}),
  };
  const token = kernel.tokens.issue(subject, audiences, nowSeconds, seconds);
  return jsonResponse(201, {
    kind: "TokenRequest",
    apiVersion: "authentication.k8s.io/v1",
    metadata: {
      name: about.name,
      namespace: about.namespace,
      creationTimestamp: formatTime(new Date(kernel.clock.now())),
    },
    spec: { audiences, expirationSeconds: seconds, boundObjectRef: bound ?? null },
    status: { token, expirationTimestamp: formatTime(new Date((nowSeconds + seconds) * 1_000)) },
  });
}
