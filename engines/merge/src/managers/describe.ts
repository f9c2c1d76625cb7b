import { isObject, type Json, type JsonObject } from "@eddy/core/json";

/** A kind as Go prints it: `apps/v1, Kind=Deployment`; `/v1, Kind=ConfigMap` for the core group. */
export function formatKind(apiVersion: Json | undefined, kind: Json | undefined): string {
  const version = typeof apiVersion === "string" ? apiVersion : "";
  return `${version.includes("/") ? version : `/${version}`}, Kind=${typeof kind === "string" ? kind : ""}`;
}

/** An object as the field manager's errors name it: `namespace/name; apps/v1, Kind=Deployment`. */
export function describeObject(object: JsonObject, request: { apiVersion: string; kind: string }): string {
  const metadata = isObject(object.metadata) ? object.metadata : {};
  const text = (value: Json | undefined): string => (typeof value === "string" ? value : "");
  return `${text(metadata.namespace)}/${text(metadata.name)}; ${formatKind(request.apiVersion, request.kind)}`;
}
