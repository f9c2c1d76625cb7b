import { BucketError } from "../errors.ts";

/** Where a bucket's requests go. */
export interface S3Address {
  readonly host: string;
  /** The bucket's name stands before the host, not in the path. */
  readonly virtualHost: boolean;
}

const amazonHost = /(?:^|\.)amazonaws\.com(?:\.cn)?$/;
const virtualHosted = /(?:^|\.)(?:amazonaws\.com(?:\.cn)?|storage\.googleapis\.com|aliyuncs\.com)$/;
const regionOfHost = /(?:^|\.)s3[.-](?:dualstack\.)?([a-z0-9-]+)\.amazonaws\.com(?:\.cn)?$/;

/**
 * The address of a bucket: `<bucket>.<host>` with AWS, GCS and Aliyun where the name can be part of a host, else a path.
 * Source: minio-go, BucketLookupAuto.
 * @throws BucketError configuration for an endpoint that is more than a host and port
 */
export function s3Address(endpoint: string, bucket: string, options: { region: string; insecure: boolean }): S3Address {
  const url = URL.canParse(`https://${endpoint}`) ? new URL(`https://${endpoint}`) : undefined;
  if (url?.host === undefined || endpoint.includes("/") || url.username !== "" || url.search !== "") {
    throw new BucketError(
      "configuration",
      `Endpoint: ${JSON.stringify(withoutUserInfo(endpoint))} is not a host, or a host and a port`,
    );
  }
  if (!/^[a-zA-Z0-9][a-zA-Z0-9._:-]{1,62}$/.test(bucket))
    throw new BucketError("configuration", `Bucket name ${JSON.stringify(bucket)} contains invalid characters`);
  const { hostname, port } = url;
  const suffix = port === "" ? "" : `:${port}`;
  const host = hostname === "s3.amazonaws.com" ? `s3.${options.region}.amazonaws.com` : hostname;
  // A certificate for `*.host` holds for one more label only.
  const canBeLabel = /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(bucket) && (options.insecure || !bucket.includes("."));
  const virtualHost = canBeLabel && virtualHosted.test(hostname);
  return { host: `${virtualHost ? `${bucket}.` : ""}${host}${suffix}`, virtualHost };
}

function withoutUserInfo(endpoint: string): string {
  return endpoint.replace(/^.*@/s, "");
}

/** The region to begin with: the given one, the host's, or where it all began. */
export function s3Region(endpoint: string, given: string | undefined): string {
  const host = endpoint.replace(/:\d+$/, "");
  const inHost = amazonHost.test(host) ? regionOfHost.exec(host)?.[1] : undefined;
  return given || inHost || "us-east-1";
}

/** Google's S3 interface knows the first version of lists only. Source: minio-go `IsGoogleEndpoint`. */
export function listsByMarker(endpoint: string): boolean {
  return /^storage\.googleapis\.com(?::\d+)?$/.test(endpoint);
}
