import type { Clock } from "@eddy/core/clock";
import type { HttpClient } from "@eddy/http";

/** A ServiceAccount of the cluster. */
export interface ServiceAccountRef {
  readonly namespace: string;
  readonly name: string;
}

/** The cluster's ServiceAccounts, for workload identity of single objects. */
export interface ServiceAccountPort {
  /** @throws when there is none */
  annotations(ref: ServiceAccountRef): Promise<Readonly<Record<string, string>>>;
  /** A token of the cluster for these audiences: a TokenRequest. */
  requestToken(ref: ServiceAccountRef, audiences: readonly string[]): Promise<string>;
}

/**
 * Where services are asked, without a slash at the end. Absent: where they are in the world, which for AWS and Azure depends on
 * region and tenant.
 */
export interface CloudEndpoints {
  awsSts?: string;
  awsMetadata?: string;
  awsContainer?: string;
  gcpMetadata?: string;
  gcpSts?: string;
  gcpIamCredentials?: string;
  azureAuthority?: string;
  azureMetadata?: string;
}

/** What logins reach the world through. */
export interface CloudPorts {
  readonly http: HttpClient;
  /** For metadata services of the machine: never through a proxy. */
  readonly local: HttpClient;
  readonly clock: Clock;
  /** The process's environment: what admission webhooks put there says who the process is. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The text of a file named in the environment. */
  readFile(path: string): Promise<string>;
  readonly endpoints: CloudEndpoints;
}
