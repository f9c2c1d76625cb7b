/**
 * Stands in for the services that notifications are sent to, and shows what was sent, for development and tests.
 *
 * Not a service of its own: it takes everything, unless it is told how to answer. Entry points: {@link startInbox} and
 * {@link startSlackStandIn}, which speaks socket mode.
 */
export { startInbox, type Inbox, type InboxAnswer, type InboxOptions } from "./start-inbox.ts";
export { showMessage, type InboxMessage, type ShownMessage } from "./message.ts";
export { startSlackStandIn, type SlackConnection, type SlackSaying, type SlackStandIn } from "./slack-stand-in.ts";
