/**
 * Controllers of notification.toolkit.fluxcd.io: alerts, providers, receivers.
 */
export {};
