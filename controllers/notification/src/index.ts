/**
 * Controllers of notification.toolkit.fluxcd.io: events are matched with Alerts and sent to Providers; Receivers answer webhooks.
 *
 * Not the events themselves (`@eddy/runtime/events`). Entry point: {@link startNotificationController}.
 */
export {
  type Endpoint,
  type NotificationControllerOptions,
  type NotificationHandle,
  startNotificationController,
} from "./start.ts";
