/**
 * Controllers of helm.toolkit.fluxcd.io.
 */
export {};
