/**
 * Publishes one message to a NATS server.
 *
 * Not a subscriber, no JetStream and no connection that is kept. Entry points: {@link publish} and {@link NatsError}.
 */
export type { NatsTls } from "./connection.ts";
export { NatsError } from "./nats-error.ts";
export { publish, type NatsLogin, type PublishOptions } from "./publish.ts";
