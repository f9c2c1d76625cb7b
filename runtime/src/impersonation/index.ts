/**
 * Acting as somebody else: a tenant's service account.
 *
 * Not authorisation: that is the API server's. Entry point: {@link impersonateServiceAccount}.
 */
export { impersonateServiceAccount, type ImpersonationOptions } from "./impersonate.ts";
