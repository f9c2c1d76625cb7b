/** The API group of alerts, providers and receivers. */
export const notificationGroup = "notification.toolkit.fluxcd.io";
/** Name of the controller, in events and as field manager. */
export const notificationControllerName = "notification-controller";
