import type { Bucket } from "@eddy/api";
import { openAzureBucket, openGcsBucket, openS3Bucket, type Bucket as BucketClient } from "@eddy/bucket";
import type { AwsCredentials, CloudToken } from "@eddy/cloud";
import { messageOf } from "@eddy/core/errors";
import { isObject } from "@eddy/core/json";
import { StepError } from "@eddy/runtime/controller";
import { requireWorkloadIdentity } from "../access/require-workload-identity.ts";
import type { SecretData } from "@eddy/runtime/registry-access";
import { azureAccess } from "./azure-access.ts";
import { checkSts } from "./check-sts.ts";
import type { Ports } from "./ports.ts";
import { authenticationFailure, readLogins, type BucketLogins } from "./read-logins.ts";

/**
 * The bucket that the object names, with its credentials, trust and proxy. To be closed.
 * @throws StepError AuthenticationFailed (retry), InvalidSTSConfiguration, URLInvalid, FeatureGateDisabled (terminal), with FetchFailed
 */
export async function openBucket(object: Bucket, ports: Ports): Promise<BucketClient> {
  requireWorkloadIdentity(object.spec, ports);
  const logins = await readLogins(object, ports);
  try {
    switch (object.spec.provider ?? "generic") {
      case "gcp":
        return openGcs(object, logins, ports);
      case "azure":
        return openAzure(object, logins, ports);
      default:
        return await openS3(object, logins, ports);
    }
  } catch (cause) {
    throw cause instanceof StepError ? cause : authenticationFailure(messageOf(cause), cause);
  }
}

function accountOf({ metadata, spec }: Bucket): { namespace: string; name: string } | undefined {
  const name = spec.serviceAccountName;
  return name ? { namespace: metadata.namespace ?? "", name } : undefined;
}

async function openS3(object: Bucket, logins: BucketLogins, ports: Ports): Promise<BucketClient> {
  const { spec } = object;
  const { tls, proxy } = logins;
  const credentials = await s3Credentials(object, logins, ports);
  return openS3Bucket({
    bucket: spec.bucketName,
    endpoint: spec.endpoint,
    insecure: spec.insecure ?? false,
    clock: ports.clock,
    http: { ...(tls.caCert === undefined ? {} : { caCert: tls.caCert }), ...(proxy ? { proxy } : {}) },
    ...(tls.identity ? { identity: tls.identity } : {}),
    ...(spec.region ? { region: spec.region } : {}),
    ...(credentials ? { credentials } : {}),
  });
}

type Credentials = () => Promise<AwsCredentials>;

async function s3Credentials(object: Bucket, logins: BucketLogins, ports: Ports): Promise<Credentials | undefined> {
  const { spec } = object;
  const fixed = logins.secret && staticKeys(logins.secret.name, logins.secret.data);
  checkSts(spec);
  if (fixed) return async () => fixed;
  if (spec.provider === "aws") return cloudKeys(object, logins, ports);
  return spec.sts ? ldapKeys(spec.sts.endpoint, logins, ports) : undefined;
}

function staticKeys(name: string, { accesskey, secretkey }: SecretData): AwsCredentials | undefined {
  if (accesskey === undefined || secretkey === undefined)
    throw new Error(`invalid '${name}' secret data: required fields 'accesskey' and 'secretkey'`);
  return { accessKeyId: accesskey, secretAccessKey: secretkey };
}

/** Asked at once, so that a login that fails is told as such; after that the cache of logins answers. */
async function cloudKeys(object: Bucket, { proxy }: BucketLogins, { login }: Ports): Promise<Credentials> {
  const { region, sts } = object.spec;
  const serviceAccount = accountOf(object);
  const options = {
    ...(region ? { region } : {}),
    ...(sts ? { stsEndpoint: sts.endpoint } : {}),
    ...(serviceAccount ? { serviceAccount } : {}),
    ...(proxy ? { proxy } : {}),
  };
  try {
    await login.aws(options);
  } catch (cause) {
    const whose = serviceAccount ? "" : "failed to create provider access token for the controller: ";
    throw new Error(`AWS authentication failed: ${whose}${messageOf(cause)}`, { cause });
  }
  return () => login.aws(options);
}

function ldapKeys(endpoint: string, { stsSecret, stsTls, proxy }: BucketLogins, { login }: Ports): Credentials {
  const { username = "", password = "" } = stsSecret?.data ?? {};
  if (stsSecret && (username === "" || password === "")) {
    const fields = "required fields username, password";
    throw new Error(`invalid '${stsSecret.name}' secret data for 'ldap' STS provider: ${fields}`);
  }
  return () => login.ldap({ endpoint, username, password, ...stsTls, ...(proxy ? { proxy } : {}) });
}

const gcsScopes = ["https://www.googleapis.com/auth/devstorage.read_only"];

function openGcs(object: Bucket, { secret, proxy }: BucketLogins, { login, clock, gcsUrl }: Ports): BucketClient {
  const via = proxy ? { proxy } : {};
  const serviceAccount = accountOf(object);
  const token = (): Promise<CloudToken> =>
    secret
      ? login.gcpKey(keyOf(secret), `invalid '${secret.name}' secret data: 'serviceaccount'`, gcsScopes, via)
      : login.gcp({ ...(serviceAccount ? { serviceAccount } : {}), ...via });
  if (secret) keyOf(secret);
  return openGcsBucket({
    bucket: object.spec.bucketName,
    clock,
    http: via,
    token,
    ...(gcsUrl === undefined ? {} : { baseUrl: gcsUrl }),
  });
}

function keyOf({ name, data }: { name: string; data: SecretData }): string {
  const key = data["serviceaccount"];
  if (key === undefined) throw new Error(`invalid '${name}' secret data: required fields 'serviceaccount'`);
  if (typeOf(key) === "service_account") return key;
  const why = typeOf(key) === undefined ? "failed to parse 'serviceaccount' as JSON" : wrongType;
  throw new Error(`invalid '${name}' secret data: ${why}`);
}

const wrongType = "'serviceaccount' must contain a service account key with 'type' set to 'service_account'";

/** The `type` of a key file, "" where it has none; undefined for what is no JSON object. */
function typeOf(text: string): string | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? String(value["type"] ?? "") : undefined;
  } catch {
    return undefined;
  }
}

function openAzure(object: Bucket, { secret, proxy }: BucketLogins, { login, clock }: Ports): BucketClient {
  const { endpoint, bucketName: bucket } = object.spec;
  const access = azureAccess(endpoint, secret, { login, proxy, serviceAccount: accountOf(object) });
  return openAzureBucket({ bucket, endpoint, access, clock, http: proxy ? { proxy } : {} });
}
