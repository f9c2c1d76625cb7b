/**
 * Waiting for objects: until they are healthy, or gone. By watch, never by polling.
 *
 * Not the meaning of a status (`@eddy/kstatus`). Entry points: {@link waitHealthy} and {@link waitGone}.
 */
export {
  determineHealth,
  type Health,
  type HealthRules,
  type ObjectStatus,
  type Observed,
} from "./determine-health.ts";
export { createExpressions, hasExpression, type CustomStatusOf, type Expressions } from "./expressions.ts";
export { isHealthyByExistence } from "./healthy-by-existence.ts";
export { statusBy, type StatusOf } from "./status-of.ts";
export { createStatusSource, type StatusSource } from "./status-source.ts";
export { waitGone, type WaitGoneOptions } from "./wait-gone.ts";
export { waitHealthy, type WaitHealthyOptions, type WaitSubject } from "./wait-healthy.ts";
