import { textAt } from "../cli-columns.ts";
import { present, usageError, type CreateForm, type CreateValues } from "../create-form.ts";
import { verifyFrom } from "./verify-form.ts";

/** How an OCIRepository is made from flags. Source: fluxcd/flux2 cmd/flux/create_source_oci.go. */
export const createOCIRepository: CreateForm = {
  flags: {
    url: { form: "text", description: "the OCI repository URL" },
    tag: { form: "text", description: "the OCI artifact tag" },
    tagSemver: { form: "text", description: "the OCI artifact tag semver range" },
    digest: { form: "text", description: "the OCI artifact digest" },
    provider: {
      form: "text",
      description: "the OCI provider name, available options are: generic, aws, azure, gcp",
      fallback: "generic",
    },
    secretRef: {
      form: "text",
      description: "the name of the Kubernetes image pull secret (type 'kubernetes.io/dockerconfigjson')",
    },
    proxySecretRef: {
      form: "text",
      description: "the name of an existing secret containing the proxy address and credentials",
    },
    serviceAccount: {
      form: "text",
      description: "the name of the Kubernetes service account that refers to an image pull secret",
    },
    certRef: { form: "text", description: "the name of a secret to use for TLS certificates" },
    verifyProvider: {
      form: "text",
      description:
        "the OCI verify provider name to use for signature verification, available options are: cosign, notation",
    },
    verifySecretRef: { form: "text", description: "the name of a secret to use for signature verification" },
    verifySubject: {
      form: "text",
      description: "regular expression to use for the OIDC subject during signature verification",
    },
    verifyIssuer: {
      form: "text",
      description: "regular expression to use for the OIDC issuer during signature verification",
    },
    ignorePaths: { form: "list", description: "paths to leave out of the artifact" },
    insecure: { form: "boolean", description: "connect to a non-TLS registry over plain HTTP" },
    layerSelector: {
      form: "text",
      description: "the OCI artifact layer selector in the format '<media-type>:<operation>'",
    },
    fetchTimeout: { form: "duration", description: "how long a fetch may take" },
  },
  examples: [
    [
      "Watch a tag of a public repository",
      "source oci podinfo --url=oci://ghcr.io/stefanprodan/manifests/podinfo --tag=6.6.2 --interval=10m",
    ],
    [
      "Take the layer of a Helm chart as it is",
      "source oci valkey --url=oci://example.com/charts/valkey --tag=0.11.6 --layer-selector=application/vnd.cncf.helm.chart.content.v1.tar+gzip:copy",
    ],
  ],
  spec(values, interval) {
    const url = values.text("url");
    if (url === undefined || url === "") throw usageError("url is required");
    const ignore = values.list("ignorePaths");
    return present({
      provider: values.text("provider"),
      url,
      insecure: values.isSet("insecure") ? true : undefined,
      interval,
      ref: refOf(values),
      ignore: ignore.length === 0 ? undefined : ignore.join("\n"),
      layerSelector: layerSelectorOf(values.text("layerSelector")),
      timeout: values.text("fetchTimeout"),
      serviceAccountName: values.text("serviceAccount"),
      secretRef: nameRef(values.text("secretRef")),
      proxySecretRef: nameRef(values.text("proxySecretRef")),
      certSecretRef: nameRef(values.text("certRef")),
      verify: verifyFrom(values),
    });
  },
  readyMessages: (object) => [
    "OCIRepository reconciliation completed",
    `fetched revision: ${textAt(object, "status", "artifact", "revision")}`,
  ],
};

function refOf(values: CreateValues): Record<string, unknown> {
  const ref = present({
    digest: values.text("digest"),
    semver: values.text("tagSemver"),
    tag: values.text("tag"),
  });
  if (Object.keys(ref).length === 0) throw usageError("--tag, --tag-semver or --digest is required");
  return ref;
}

function layerSelectorOf(selector: string | undefined): Record<string, string> | undefined {
  if (selector === undefined || selector === "") return undefined;
  const colon = selector.indexOf(":");
  const [mediaType, operation] = [selector.slice(0, Math.max(colon, 0)), selector.slice(colon + 1)];
  const named = JSON.stringify(selector);
  if (mediaType === "" || operation === "")
    throw usageError(`invalid --layer-selector ${named}: must be in the format '<media-type>:<operation>'`);
  if (operation !== "extract" && operation !== "copy")
    throw usageError(`invalid --layer-selector ${named}: operation must be "extract" or "copy"`);
  return { mediaType, operation };
}

function nameRef(name: string | undefined): { name: string } | undefined {
  return name === undefined ? undefined : { name };
}
