import { textAt } from "../cli-columns.ts";
import { present, usageError, type CreateForm } from "../create-form.ts";

const providers = ["generic", "aws", "azure", "gcp"];

/** How a Bucket is made from flags. Source: fluxcd/flux2 cmd/flux/create_source_bucket.go. */
export const createBucket: CreateForm = {
  flags: {
    provider: {
      form: "text",
      description: "the S3 compatible storage provider name: generic, aws, azure or gcp",
      fallback: "generic",
    },
    bucketName: { form: "text", description: "the bucket name" },
    endpoint: { form: "text", description: "the bucket endpoint address" },
    accessKey: { form: "text", description: "the bucket access key" },
    secretKey: { form: "text", description: "the bucket secret key" },
    region: { form: "text", description: "the bucket region" },
    insecure: { form: "boolean", description: "for when connecting to a non-TLS S3 HTTP endpoint" },
    secretRef: { form: "text", description: "the name of an existing secret containing credentials" },
    proxySecretRef: {
      form: "text",
      description: "the name of an existing secret containing the proxy address and credentials",
    },
    fetchTimeout: { form: "duration", description: "how long a fetch may take" },
    ignorePaths: { form: "list", description: "paths to leave out of the artifact" },
  },
  examples: [
    [
      "Watch a bucket of an S3 compatible store",
      "source bucket podinfo --bucket-name=podinfo --endpoint=minio.minio.svc.cluster.local:9000 --insecure=true --access-key=myaccesskey --secret-key=mysecretkey",
    ],
    [
      "Watch a bucket of AWS with an existing secret",
      "source bucket podinfo --provider=aws --bucket-name=podinfo --endpoint=s3.amazonaws.com --region=us-east-1 --secret-ref=keys",
    ],
  ],
  spec(values, interval) {
    const [bucketName, endpoint, provider] = ["bucketName", "endpoint", "provider"].map((name) => values.text(name));
    if (!bucketName) throw usageError("bucket-name is required");
    if (!endpoint) throw usageError("endpoint is required");
    if (!providers.includes(provider ?? ""))
      throw usageError(
        `source bucket provider '${provider}' is not supported, must be one of: ${providers.join(", ")}`,
      );
    const ignore = values.list("ignorePaths");
    return present({
      bucketName,
      provider,
      insecure: values.isSet("insecure") ? true : undefined,
      endpoint,
      region: values.text("region"),
      interval,
      timeout: values.text("fetchTimeout"),
      ignore: ignore.length === 0 ? undefined : ignore.join("\n"),
      secretRef: nameRef(values.text("secretRef")),
      proxySecretRef: nameRef(values.text("proxySecretRef")),
    });
  },
  secret(values) {
    if (values.text("secretRef") !== undefined) return undefined;
    const [accesskey, secretkey] = [values.text("accessKey"), values.text("secretKey")];
    return accesskey && secretkey ? { accesskey, secretkey } : undefined;
  },
  secretName: (name) => `bucket-${name}`,
  secretPhrase: "the bucket credentials",
  readyMessages: (object) => [
    "Bucket source reconciliation completed",
    `fetched revision: ${textAt(object, "status", "artifact", "revision")}`,
  ],
};

function nameRef(name: string | undefined): { name: string } | undefined {
  return name === undefined ? undefined : { name };
}
