import { cloudFailure } from "../errors.ts";
import type { CloudPorts } from "../ports.ts";
import type { CloudToken } from "../token.ts";
import { azureClientToken } from "./client-token.ts";
import { managedIdentityToken } from "./managed-identity.ts";

/** What consumers ask tokens for. Source: fluxcd/pkg/auth/azure scopes.go. */
export const azureScopes = {
  devOps: "499b84ac-1321-427f-aa17-267ca6975798/.default",
  blobStorage: "https://storage.azure.com/.default",
  eventHubs: "https://eventhubs.azure.net//.default",
} as const;

/**
 * Who this process is to Azure: a client secret or certificate of the environment, workload identity, else the machine's managed
 * identity. Source: fluxcd/pkg/auth/azure, which like this starts no other program.
 * @throws CloudError
 */
export async function controllerAzureToken(ports: CloudPorts, scope: string): Promise<CloudToken> {
  const { env } = ports;
  const [tenantId, clientId] = [env["AZURE_TENANT_ID"], env["AZURE_CLIENT_ID"]];
  if (tenantId && clientId) {
    const proof = await proofOfEnvironment(ports);
    if (proof) return azureClientToken(ports, { tenantId, clientId, proof }, scope);
  }
  return managedIdentityToken(ports, clientId ? { clientId } : {}, scope);
}

async function proofOfEnvironment(
  ports: CloudPorts,
): Promise<Parameters<typeof azureClientToken>[1]["proof"] | undefined> {
  const { env } = ports;
  const secret = env["AZURE_CLIENT_SECRET"];
  if (secret) return { kind: "secret", secret };
  const certificate = env["AZURE_CLIENT_CERTIFICATE_PATH"];
  const password = env["AZURE_CLIENT_CERTIFICATE_PASSWORD"];
  if (certificate)
    return { kind: "certificate", pem: await read(ports, certificate), ...(password ? { password } : {}) };
  const federated = env["AZURE_FEDERATED_TOKEN_FILE"];
  return federated ? { kind: "assertion", assertion: (await read(ports, federated)).trim() } : undefined;
}

async function read(ports: CloudPorts, path: string): Promise<string> {
  try {
    return await ports.readFile(path);
  } catch (error) {
    throw cloudFailure(`read ${JSON.stringify(path)} named in the environment`, error);
  }
}
