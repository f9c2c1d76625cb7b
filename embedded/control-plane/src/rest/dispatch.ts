/** From an authorized request about a resource to its answer. */
import type { JsonObject } from "@eddy/core/json";
import type { KubeObject } from "@eddy/core/object";
import { answerReview } from "../auth/reviews.ts";
import { untilDecodable } from "../crd/validators.ts";
import type { KnownToken } from "../auth/authenticate.ts";
import { decodeBody } from "../http/decode-body.ts";
import { jsonResponse, textResponse, type ApiRequest, type ApiResponse } from "../http/api-request.ts";
import { negotiate } from "../http/negotiate.ts";
import type { ResourceRequest } from "../http/request-info.ts";
import type { Kernel } from "../kernel.ts";
import { strategyOf } from "../kinds/index.ts";
import type { ResourceInfo } from "../resources/resource-info.ts";
import { badRequest, methodNotSupported, StatusError } from "../status-error.ts";
import { decodeObject } from "./decode-object.ts";
import { remove, removeCollection } from "./delete-requests.ts";
import { inRequestedVersion, listObjects } from "./list.ts";
import { patchObject } from "./patch.ts";
import { presenterFor, type Presenter } from "./present.ts";
import { scaleOf, writeScale } from "./scale.ts";
import { serveSubresource } from "./subresources.ts";
import { watchObjects } from "./watch.ts";
import { createObject, requireObject, trackManagers, updateObject } from "./write-object.ts";
import { readFieldValidation, readWriteOptions } from "./write-options.ts";

/** What the dispatcher needs besides the kernel. */
export interface DispatchPorts {
  kernel: Kernel;
  tokens: readonly KnownToken[];
}

/** What go-restful says of a path that leads nowhere. */
export const pageNotFound = (): ApiResponse => textResponse(404, "404 page not found\n");

/** What is said of a resource that a known group does not have. */
function resourceNotFound(): never {
  throw new StatusError(404, "NotFound", "the server could not find the requested resource", {});
}

const warningHeaders = (warnings: readonly string[]): Record<string, string[]> =>
  warnings.length === 0
    ? {}
    : { warning: warnings.map((text) => `299 - "${text.replaceAll("\\", "\\\\").replaceAll('"', '\\"')}"`) };

/** Answers one request. @throws StatusError. */
export async function dispatch(
  ports: DispatchPorts,
  request: ApiRequest,
  about: ResourceRequest,
): Promise<ApiResponse> {
  const { kernel } = ports;
  const info = kernel.registry.find(about.group, about.version, about.resource);
  if (!info)
    return kernel.registry.versionsOf(about.group).includes(about.version) ? resourceNotFound() : pageNotFound();
  await untilDecodable(info);
  if (about.subresource !== "" && !info.subresources.has(about.subresource)) return resourceNotFound();
  const deprecated = deprecations[info.collection];
  const answer = await handle(ports, info, request, about);
  return deprecated === undefined
    ? answer
    : {
        ...answer,
        headers: { ...answer.headers, warning: [...[answer.headers["warning"] ?? []].flat(), `299 - "${deprecated}"`] },
      };
}

/** Kinds that warn whoever uses them. */
const deprecations: Readonly<Record<string, string>> = {
  "/endpoints": "v1 Endpoints is deprecated in v1.33+; use discovery.k8s.io/v1 EndpointSlice",
  "/componentstatuses": "v1 ComponentStatus is deprecated in v1.19+",
};

async function handle(
  ports: DispatchPorts,
  info: ResourceInfo,
  request: ApiRequest,
  about: ResourceRequest,
): Promise<ApiResponse> {
  const { kernel } = ports;
  const present = presenterFor(info, negotiate(request.headers["accept"]), request.query, () => kernel.clock.now());
  if (about.subresource !== "") return subresource(ports, info, request, about, present);
  if (!info.verbs.includes(about.verb))
    throw methodNotSupported({ ...about }, about.verb === "create" && about.name !== "" ? "POST" : about.verb);
  switch (about.verb) {
    case "get":
      return jsonResponse(200, present.object(requireObject(kernel, info, about.namespace, about.name)));
    case "list":
      return jsonResponse(200, present.list(listObjects(kernel, info, about.namespace, request.query)));
    case "watch":
      return watchObjects(kernel, info, about.namespace, about.name, request, present);
    default:
      return write(ports, info, request, about, present);
  }
}

async function write(
  ports: DispatchPorts,
  info: ResourceInfo,
  request: ApiRequest,
  about: ResourceRequest,
  present: Presenter,
): Promise<ApiResponse> {
  const { kernel } = ports;
  const answer = await writeAnswer(ports, info, request, about, present);
  // Told only when it would survive a crash.
  await kernel.store.durable();
  return answer;
}

function writeAnswer(
  ports: DispatchPorts,
  info: ResourceInfo,
  request: ApiRequest,
  about: ResourceRequest,
  present: Presenter,
): Promise<ApiResponse> {
  switch (about.verb) {
    case "create":
      return create(ports, info, request, about, present);
    case "update":
      return replace(ports.kernel, info, request, about, present);
    case "patch":
      return patch(ports.kernel, info, request, about, present);
    case "delete":
      return remove(ports.kernel, info, request, about, present);
    default:
      return removeCollection(ports.kernel, info, request, about, present);
  }
}

async function create(
  ports: DispatchPorts,
  info: ResourceInfo,
  request: ApiRequest,
  about: ResourceRequest,
  present: Presenter,
): Promise<ApiResponse> {
  const validation = readFieldValidation(request, "CreateOptions");
  const options = readWriteOptions(request, "CreateOptions");
  const body = await decodeBody(request.body, request.headers["content-type"], validation !== "Ignore");
  if (about.name !== "") throw methodNotSupported({ ...about }, "POST");
  const { object, warnings } = decodeObject(body.value, info, validation, body.duplicates);
  const headers = warningHeaders(warnings);
  if (info.kind.endsWith("Review")) {
    const tracked = trackManagers(ports.kernel, info, "", undefined, object, options.manager);
    return jsonResponse(
      201,
      answerReview(ports.kernel, ports.tokens, info.kind, tracked as JsonObject, request.user),
      headers,
    );
  }
  const created = createObject(ports.kernel, info, about.namespace, object, options);
  return jsonResponse(201, present.object(created), headers);
}

async function replace(
  kernel: Kernel,
  info: ResourceInfo,
  request: ApiRequest,
  about: ResourceRequest,
  present: Presenter,
): Promise<ApiResponse> {
  const validation = readFieldValidation(request, "UpdateOptions");
  const options = readWriteOptions(request, "UpdateOptions");
  const body = await decodeBody(request.body, request.headers["content-type"], validation !== "Ignore");
  const { object, warnings } = decodeObject(body.value, info, validation, body.duplicates);
  checkName(object, about);
  const headers = warningHeaders(warnings);
  const exists = kernel.store.get(info.collection, info.namespaced ? `${about.namespace}/${about.name}` : about.name);
  if (!exists && strategyOf(info).createsOnUpdate === true && about.subresource === "") {
    return jsonResponse(201, present.object(createObject(kernel, info, about.namespace, object, options)), headers);
  }
  const live = inRequestedVersion(requireObject(kernel, info, about.namespace, about.name), info);
  const tracked = trackManagers(kernel, info, about.subresource, live, object, options.manager);
  return jsonResponse(
    200,
    present.object(updateObject(kernel, info, about.subresource, live, tracked, options)),
    headers,
  );
}

function checkName(object: KubeObject, about: ResourceRequest): void {
  const { metadata } = object;
  if (metadata.name && metadata.name !== about.name)
    throw badRequest(`the name of the object (${metadata.name}) does not match the name on the URL (${about.name})`);
  if (!metadata.name) throw badRequest("name must be provided");
  if (metadata.namespace && metadata.namespace !== about.namespace)
    throw badRequest(
      `the namespace of the object (${metadata.namespace}) does not match the namespace on the URL (${about.namespace})`,
    );
  if (about.namespace !== "" && !metadata.namespace) metadata.namespace = about.namespace;
}

async function patch(
  kernel: Kernel,
  info: ResourceInfo,
  request: ApiRequest,
  about: ResourceRequest,
  present: Presenter,
): Promise<ApiResponse> {
  const outcome = await patchObject(kernel, info, about, request);
  return jsonResponse(outcome.created ? 201 : 200, present.object(outcome.object), warningHeaders(outcome.warnings));
}

async function subresource(
  ports: DispatchPorts,
  info: ResourceInfo,
  request: ApiRequest,
  about: ResourceRequest,
  present: Presenter,
): Promise<ApiResponse> {
  const { kernel } = ports;
  if (about.subresource === "status" || about.subresource === "finalize" || about.subresource === "approval") {
    if (about.verb === "get")
      return jsonResponse(200, present.object(requireObject(kernel, info, about.namespace, about.name)));
    if (about.verb === "update" || about.verb === "patch") return write(ports, info, request, about, present);
    throw methodNotSupported({ ...about }, about.verb);
  }
  if (about.subresource === "scale") {
    if (about.verb === "get")
      return jsonResponse(200, scaleOf(info, requireObject(kernel, info, about.namespace, about.name)));
    const scaled = await writeScale(kernel, info, about, request);
    await kernel.store.durable();
    return jsonResponse(200, scaled);
  }
  return serveSubresource(kernel, info, request, about, present);
}
