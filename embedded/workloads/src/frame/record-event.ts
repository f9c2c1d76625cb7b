import type { ObjectAccess, StoredObject } from "@eddy/control-plane";
import type { Clock } from "@eddy/core/clock";
import { formatTime } from "@eddy/core/conditions";
import { messageOf } from "@eddy/core/errors";
import type { Logger } from "@eddy/core/log";
import { cloneJson, type KubeObject } from "@eddy/core/object";
import { fnv32a } from "./template-hash.ts";
import { events } from "./resources.ts";
import type { World } from "./world.ts";

/**
 * Records events as controllers do: one object for one cause, counted when it happens again. An event is never worth a
 * failure: what the server refuses is only logged.
 */
export function eventRecorder(access: ObjectAccess, clock: Clock, log: Logger): World["tell"] {
  return (about, component, type, reason, message) => {
    const namespace = about.metadata.namespace ?? "default";
    const now = formatTime(new Date(clock.now()));
    // Named by cause, so that a repetition finds it.
    const name = `${about.metadata.name}.${fnv32a(`${about.metadata.uid} ${component} ${reason} ${message}`).toString(16)}`;
    try {
      const known = access.get(events, namespace, name);
      if (known)
        access.update(events, { ...cloneJson(known), count: Number(known["count"] ?? 1) + 1, lastTimestamp: now });
      else
        access.create(events, newEvent(about, { namespace, name, component, type, reason, message, now }), {
          manager: component,
        });
    } catch (error) {
      log.log("debug", `record event ${reason}: ${messageOf(error)}`);
    }
  };
}

interface EventFacts {
  namespace: string;
  name: string;
  component: string;
  type: string;
  reason: string;
  message: string;
  now: string;
}

function newEvent(
  about: StoredObject,
  { namespace, name, component, type, reason, message, now }: EventFacts,
): KubeObject {
  const { uid, resourceVersion } = about.metadata;
  const involvedObject = {
    kind: about.kind,
    namespace: about.metadata.namespace,
    name: about.metadata.name,
    uid,
    apiVersion: about.apiVersion,
    resourceVersion,
  };
  return {
    apiVersion: "v1",
    kind: "Event",
    metadata: { name, namespace },
    involvedObject: JSON.parse(JSON.stringify(involvedObject)) as object,
    reason,
    message,
    source: { component },
    firstTimestamp: now,
    lastTimestamp: now,
    count: 1,
    type,
    reportingComponent: component,
    reportingInstance: "",
  };
}
