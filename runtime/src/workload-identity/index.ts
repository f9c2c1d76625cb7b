/**
 * ServiceAccounts of the cluster as identities elsewhere: what their annotations say, and tokens for other audiences.
 *
 * Not impersonation, which is how one acts inside of the cluster. Entry point: {@link createServiceAccounts}.
 */
export { createServiceAccounts, type ServiceAccountName, type ServiceAccounts } from "./service-accounts.ts";
