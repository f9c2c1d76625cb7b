/** DELETE as a request: options from body and query, and what is answered. Source: apiserver endpoints/handlers/delete.go. */
import { isObject } from "@eddy/core/json";
import { admitDelete } from "../admission/admit.ts";
import { decodeBody } from "../http/decode-body.ts";
import { jsonResponse, type ApiRequest, type ApiResponse } from "../http/api-request.ts";
import type { ResourceRequest } from "../http/request-info.ts";
import type { Kernel } from "../kernel.ts";
import { strategyOf } from "../kinds/index.ts";
import type { ResourceInfo } from "../resources/resource-info.ts";
import { StatusError } from "../status-error.ts";
import { deleteObject, type DeleteRequest } from "./delete-object.ts";
import { listObjects } from "./list.ts";
import type { Presenter } from "./present.ts";

/** Reads DeleteOptions from the body and the query. @throws StatusError 400. */
async function deleteRequest(request: ApiRequest): Promise<DeleteRequest> {
  const { value } = await decodeBody(request.body, request.headers["content-type"], false);
  const body = isObject(value) ? value : {};
  const preconditions = isObject(body["preconditions"]) ? body["preconditions"] : {};
  const { query } = request;
  const policy = body["propagationPolicy"] ?? query.get("propagationPolicy") ?? undefined;
  const orphan = body["orphanDependents"] === true ? "Orphan" : undefined;
  const grace =
    body["gracePeriodSeconds"] ??
    (query.has("gracePeriodSeconds") ? Number(query.get("gracePeriodSeconds")) : undefined);
  const dryRun = Array.isArray(body["dryRun"])
    ? body["dryRun"].includes("All")
    : query.getAll("dryRun").includes("All");
  return {
    dryRun,
    ...(policy === undefined && orphan === undefined
      ? {}
      : { propagationPolicy: (policy ?? orphan) as "Background" | "Foreground" | "Orphan" }),
    ...(typeof grace === "number" && Number.isFinite(grace) ? { gracePeriodSeconds: grace } : {}),
    ...(typeof preconditions["uid"] === "string" ? { uid: preconditions["uid"] } : {}),
    ...(typeof preconditions["resourceVersion"] === "string"
      ? { resourceVersion: preconditions["resourceVersion"] }
      : {}),
  };
}

/** DELETE of one object. @throws StatusError 400, 403, 404, 409. */
export async function remove(
  kernel: Kernel,
  info: ResourceInfo,
  request: ApiRequest,
  about: ResourceRequest,
  present: Presenter,
): Promise<ApiResponse> {
  admitDelete(info, about.name);
  const outcome = deleteObject(kernel, info, about.namespace, about.name, await deleteRequest(request));
  if (!outcome.removed || strategyOf(info).answersDeleted === true)
    return jsonResponse(200, present.object(outcome.object));
  return jsonResponse(200, {
    kind: "Status",
    apiVersion: "v1",
    metadata: {},
    status: "Success",
    details: {
      name: about.name,
      ...(info.group === "" ? {} : { group: info.group }),
      kind: info.resource,
      uid: outcome.object.metadata.uid ?? "",
    },
  });
}

/** DELETE of all that the selectors match; answers with what they were. */
export async function removeCollection(
  kernel: Kernel,
  info: ResourceInfo,
  request: ApiRequest,
  about: ResourceRequest,
  present: Presenter,
): Promise<ApiResponse> {
  const options = await deleteRequest(request);
  const listing = listObjects(kernel, info, about.namespace, request.query);
  const items = listing.items.map((object) => {
    try {
      return deleteObject(kernel, info, object.metadata.namespace ?? "", object.metadata.name, options).object;
    } catch (error) {
      if (error instanceof StatusError && error.httpStatus === 404) return object;
      throw error;
    }
  });
  return jsonResponse(200, present.list({ items, metadata: { resourceVersion: String(kernel.store.rv) } }));
}
