/**
 * How Git remotes are logged in to: Secrets' keys, GitHub Apps, clouds; and what signs commits.
 *
 * Not a client. Entry points: {@link authFromSecret}, {@link providerAuth}, {@link loadGitSigner}.
 */
export { authFromSecret } from "./auth-from-secret.ts";
export { loadGitSigner, type SigningKeyRef } from "./load-git-signer.ts";
export { type GitProviderPorts, type GitProviderRequest, providerAuth } from "./provider-auth.ts";
