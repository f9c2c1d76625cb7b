/**
 * Logs in to AWS, GCP, Azure and GitHub: as the process, as a ServiceAccount of the cluster, or with what a Secret holds; and
 * signs requests.
 *
 * Not an SDK: what is done with a login is its caller's business. Tokens that it hands out are for the caller to mask
 * (`onSecret`). Entry points: {@link createCloudLogin}, {@link signAwsRequest}.
 */
export { createCloudLogin } from "./create-login.ts";
export type { AwsLoginOptions, CloudLogin, CloudLoginOptions, LdapLogin, LoginOptions } from "./login.ts";
export type { CloudEndpoints, ServiceAccountPort, ServiceAccountRef } from "./ports.ts";
export type { AwsCredentials, CloudToken } from "./token.ts";
export { CloudError, isCloudError, type CloudErrorKind } from "./errors.ts";
export { createTokenCache, type TokenCache, type TokenCacheOptions } from "./token-cache.ts";
export { encodeAwsText, signAwsRequest, type AwsRequest, type AwsScope } from "./aws/sign-request.ts";
export { presignAwsUrl, type PresignRequest } from "./aws/presign-url.ts";
export { codeCommitLogin, codeCommitRegion } from "./aws/code-commit.ts";
export type { AzureApplication, AzureProof } from "./azure/client-token.ts";
export { azureScopes } from "./azure/controller-token.ts";
export type { ManagedIdentity } from "./azure/managed-identity.ts";
export { signAzureStorageRequest, type AzureStorageAccount, type AzureStorageRequest } from "./azure/sign-request.ts";
export { gcpScopes } from "./gcp/workload-identity.ts";
export { gitHubTokenUser, parseGitHubApp, type GitHubApp } from "./github/installation-token.ts";
