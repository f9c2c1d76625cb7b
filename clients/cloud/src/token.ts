/** A bearer token, and until when it counts. */
export interface CloudToken {
  readonly value: string;
  /** Milliseconds since the epoch. */
  readonly expiresAtMs: number;
}

/** AWS credentials. A session token belongs to temporary ones. */
export interface AwsCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
  /** Milliseconds since the epoch; absent: until they are revoked. */
  readonly expiresAtMs?: number;
}
