import type { Clock } from "@eddy/core/clock";
import type { KubeObject } from "@eddy/core/object";
import { determineStatus } from "@eddy/kstatus";
import type { ObjectStatus } from "./determine-health.ts";
import type { CustomStatusOf } from "./expressions.ts";

/** The status of any object. */
export type StatusOf = (object: KubeObject) => ObjectStatus;

/** kstatus, with an object's own expressions for the kinds that they name. */
export function statusBy(clock: Clock, customStatusOf: CustomStatusOf = () => undefined): StatusOf {
  return (object) => customStatusOf(object) ?? determineStatus(object, { now: new Date(clock.now()) }).status;
}
