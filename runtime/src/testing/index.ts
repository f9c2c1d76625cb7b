/**
 * What the scenarios of every controller stand on: the kinds installed on an API server, and waits for objects. For tests only.
 *
 * Not a fake of anything. Entry points: {@link installKinds} and {@link watchUntil}.
 */
export { installKinds } from "./install-kinds.ts";
export { interceptClient, type Intercept } from "./intercept-client.ts";
export { watchUntil } from "./watch-until.ts";
