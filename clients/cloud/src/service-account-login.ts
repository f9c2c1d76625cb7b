import { messageOf } from "@eddy/core/errors";
import type { HttpClientOptions } from "@eddy/http";
import { awsAudiences, awsRoleOf, serviceAccountAwsCredentials } from "./aws/service-account.ts";
import { azureClientToken } from "./azure/client-token.ts";
import { azureAudiences, azureIdentityOf } from "./azure/service-account.ts";
import { CloudError } from "./errors.ts";
import { fetchGkeCluster, type GkeCluster } from "./gcp/metadata.ts";
import { gcpEmailOf, gcpExchangeAudience, gcpProviderOf, serviceAccountGcpToken } from "./gcp/service-account.ts";
import type { CloudPorts, ServiceAccountPort, ServiceAccountRef } from "./ports.ts";
import { requireRegion } from "./require-region.ts";
import type { AwsCredentials, CloudToken } from "./token.ts";

/** Logs in over a client with these options, unless the cache has what the key stands for. */
export type LogIn = <T extends AwsCredentials | CloudToken>(
  key: readonly unknown[],
  http: HttpClientOptions,
  create: (ports: CloudPorts) => Promise<T>,
) => Promise<T>;

/** Logins as a ServiceAccount of the cluster: a token of the cluster is exchanged for one of the cloud. Source: Flux spec 3.0. */
export interface AccountLogins {
  aws(
    ref: ServiceAccountRef,
    where: { region: string | undefined; stsEndpoint: string | undefined },
    http: HttpClientOptions,
  ): Promise<AwsCredentials>;
  gcp(ref: ServiceAccountRef, http: HttpClientOptions): Promise<CloudToken>;
  azure(ref: ServiceAccountRef, scope: string, http: HttpClientOptions): Promise<CloudToken>;
}

/** Logins through the port; without one they are refused. */
export function accountLogins(port: ServiceAccountPort | undefined, logIn: LogIn): AccountLogins {
  const required = (): ServiceAccountPort => {
    if (port) return port;
    const why = "object-level workload identity is not enabled";
    throw new CloudError("configuration", `log in as a service account: ${why}`);
  };
  let cluster: Promise<GkeCluster> | undefined;
  const gkeCluster = (ports: CloudPorts): Promise<GkeCluster> =>
    (cluster ??= fetchGkeCluster(ports).catch((error: unknown) => {
      cluster = undefined;
      throw error;
    }));
  const exchange = async <T>(
    ref: ServiceAccountRef,
    audiences: readonly string[],
    action: (token: string) => Promise<T>,
  ): Promise<T> => {
    const name = `'${ref.namespace}/${ref.name}'`;
    const token = await named(`failed to create kubernetes token for service account ${name}`, () =>
      required().requestToken(ref, audiences),
    );
    return named(`failed to create provider access token for service account ${name}`, () => action(token));
  };
  const annotationsOf = (ref: ServiceAccountRef): Promise<Readonly<Record<string, string>>> =>
    named(`failed to get service account '${ref.namespace}/${ref.name}'`, () => required().annotations(ref));

  return {
    async aws(ref, { region, stsEndpoint }, http) {
      const role = awsRoleOf(await annotationsOf(ref));
      if (!region) {
        throw new CloudError(
          "configuration",
          "an AWS region is required for authenticating with a service account. please configure one in the object spec",
        );
      }
      const where = { region: requireRegion(region, {}), stsEndpoint };
      return logIn(["aws", ref, role, where], http, (ports) =>
        exchange(ref, awsAudiences, (token) => serviceAccountAwsCredentials(ports, { ref, role, token }, where)),
      );
    },
    async gcp(ref, http) {
      const annotations = await annotationsOf(ref);
      const [email, provider] = [gcpEmailOf(annotations), gcpProviderOf(annotations)];
      return logIn(["gcp", ref, email, provider], http, async (ports) => {
        const gke = provider === "" ? await gkeCluster(ports) : undefined;
        return exchange(ref, [gke?.pool ?? provider], (token) =>
          serviceAccountGcpToken(ports, { audience: gke ? gcpExchangeAudience(gke) : provider, email, token }),
        );
      });
    },
    async azure(ref, scope, http) {
      const identity = azureIdentityOf(await annotationsOf(ref));
      return logIn(["azure", ref, identity, scope], http, (ports) =>
        exchange(ref, azureAudiences, (assertion) =>
          azureClientToken(ports, { ...identity, proof: { kind: "assertion", assertion } }, scope),
        ),
      );
    },
  };
}

async function named<T>(doing: string, action: () => Promise<T>): Promise<T> {
  try {
    return await action();
  } catch (cause) {
    const kind = cause instanceof CloudError ? cause.kind : "unreachable";
    throw new CloudError(kind, `${doing}: ${messageOf(cause)}`, { cause });
  }
}
