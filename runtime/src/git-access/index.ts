/**
 * How Git remotes are logged in to: Secrets' keys, GitHub Apps, clouds.
 *
 * Not a client. Entry points: {@link authFromSecret} and {@link providerAuth}.
 */
export { authFromSecret } from "./auth-from-secret.ts";
export { type GitProviderPorts, type GitProviderRequest, providerAuth } from "./provider-auth.ts";
