import type { ObjectStore } from "./store.ts";

/** Who may read and write by S3. */
export interface S3Keys {
  accessKey: string;
  secretKey: string;
}

/** An account of Azure Blob Storage; the key is base64. */
export interface AzureAccount {
  name: string;
  key: string;
}

/** Options of {@link startBucketServer}. Everything that is absent is open to everybody, on loopback only. */
export interface BucketServerOptions {
  s3?: S3Keys;
  /** Default `us-east-1`. */
  region?: string;
  /** Users that the STS gives temporary keys for: passwords by name. */
  ldapUsers?: Readonly<Record<string, string>>;
  /** Role names that the STS gives temporary keys for, for these tokens: tokens by role. */
  webIdentities?: Readonly<Record<string, string>>;
  /** Service accounts of GCS: public keys (PEM) by email. */
  gcsAccounts?: Readonly<Record<string, string>>;
  azure?: AzureAccount;
  /** Bearer tokens that GCS and Azure take besides those that were given out. */
  bearerTokens?: readonly string[];
  tls?: { cert: string; key: string };
  /** Default loopback. */
  host?: string;
  /** Objects on one page of a list. Default 1000. */
  pageSize?: number;
  /** Milliseconds since the epoch. Default the machine's time. */
  now?: () => number;
}

/** A running server. One store behind three addresses. */
export interface BucketServer {
  readonly store: ObjectStore;
  /** `endpoint`: host and port, as a Bucket names it; `url`: the same with the scheme, also the STS. */
  readonly s3: { readonly endpoint: string; readonly url: string };
  /** Base URL of the JSON API; `/token` below it gives tokens. */
  readonly gcs: { readonly url: string };
  readonly azure: { readonly url: string };
  /** A read-only shared access signature for a container: the query of an address, until an hour from now. */
  sharedAccessSignature(container: string): string;
  /** How often what was asked: `s3 GET object`, `gcs list`, … */
  requests(): Readonly<Record<string, number>>;
  stop(): Promise<void>;
}
