import { CloudError } from "../errors.ts";

const tenantKey = "azure.workload.identity/tenant-id";
const clientKey = "azure.workload.identity/client-id";

/** The audience of the cluster's tokens for Azure. */
export const azureAudiences: readonly string[] = ["api://AzureADTokenExchange"];

/** The application that a ServiceAccount is. @throws CloudError configuration. Source: fluxcd/pkg/auth/azure. */
export function azureIdentityOf(annotations: Readonly<Record<string, string>>): { tenantId: string; clientId: string } {
  const [tenantId, clientId] = [annotations[tenantKey], annotations[clientKey]];
  if (tenantId === undefined)
    throw new CloudError("configuration", `azure tenant ID is not set in the service account annotation ${tenantKey}`);
  if (clientId === undefined)
    throw new CloudError("configuration", `azure client ID is not set in the service account annotation ${clientKey}`);
  return { tenantId, clientId };
}
