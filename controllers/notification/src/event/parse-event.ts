import { isObject, type Json, type JsonObject } from "@eddy/core/json";
import { wholeSeconds, type FluxEvent } from "./flux-event.ts";

/**
 * An event as a controller posts it; what is missing is empty. Undefined when the text is none: no JSON, or a member of another
 * type. Pure. Source: notification-controller 1.9, `eventMiddleware`.
 */
export function parseEvent(body: string): FluxEvent | undefined {
  try {
    return readEvent(JSON.parse(body) as Json);
  } catch {
    return undefined;
  }
}

function readEvent(value: Json): FluxEvent {
  const event = objectOrNothing(value);
  const object = objectOrNothing(event["involvedObject"]);
  const uid = textOf(object["uid"]);
  const resourceVersion = textOf(object["resourceVersion"]);
  const instance = textOf(event["reportingInstance"]);
  return {
    involvedObject: {
      kind: textOf(object["kind"]),
      namespace: textOf(object["namespace"]),
      name: textOf(object["name"]),
      ...(uid === "" ? {} : { uid }),
      apiVersion: textOf(object["apiVersion"]),
      ...(resourceVersion === "" ? {} : { resourceVersion }),
    },
    severity: textOf(event["severity"]),
    timestamp: timeOf(event["timestamp"]),
    message: textOf(event["message"]),
    reason: textOf(event["reason"]),
    metadata: Object.fromEntries(
      Object.entries(objectOrNothing(event["metadata"])).map(([key, each]) => [key, textOf(each)]),
    ),
    reportingController: textOf(event["reportingController"]),
    ...(instance === "" ? {} : { reportingInstance: instance }),
  };
}

function objectOrNothing(value: Json | undefined): JsonObject {
  if (value === undefined || value === null) return {};
  if (isObject(value)) return value;
  throw new TypeError("want an object");
}

function textOf(value: Json | undefined): string {
  if (value === undefined || value === null) return "";
  if (typeof value === "string") return value;
  throw new TypeError("want a text");
}

function timeOf(value: Json | undefined): string | null {
  if (value === undefined || value === null) return null;
  const text = textOf(value);
  if (
    !/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d+)?(?:Z|[+-]\d{2}:\d{2})$/.test(text) ||
    Number.isNaN(Date.parse(text))
  )
    throw new TypeError("want an RFC 3339 time");
  return wholeSeconds(text);
}
