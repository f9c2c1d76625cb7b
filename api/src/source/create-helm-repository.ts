import { textAt } from "../cli-columns.ts";
import { present, usageError, type CreateForm } from "../create-form.ts";

/** How a HelmRepository is made from flags. Source: fluxcd/flux2 cmd/flux/create_source_helm.go. */
export const createHelmRepository: CreateForm = {
  flags: {
    url: { form: "text", description: "Helm repository address" },
    username: { form: "text", short: "u", description: "basic authentication username" },
    password: { form: "text", short: "p", description: "basic authentication password" },
    certFile: { form: "file", description: "TLS authentication cert file path" },
    keyFile: { form: "file", description: "TLS authentication key file path" },
    caFile: { form: "file", description: "TLS authentication CA file path" },
    secretRef: {
      form: "text",
      description: "the name of an existing secret containing TLS, basic auth or docker-config credentials",
    },
    ociProvider: { form: "text", description: "OCI provider for authentication" },
    passCredentials: { form: "boolean", description: "pass credentials to all domains" },
    fetchTimeout: { form: "duration", description: "how long a fetch may take" },
  },
  examples: [
    ["Watch a chart repository", "source helm podinfo --url=https://stefanprodan.github.io/podinfo --interval=10m"],
    ["Take charts from a registry", "source helm podinfo --url=oci://ghcr.io/stefanprodan/charts"],
  ],
  spec(values, interval) {
    const url = values.text("url");
    if (url === undefined || url === "") throw usageError("url is required");
    const isRegistry = schemeOf(url) === "oci";
    const secretRef = values.text("secretRef");
    const hasCredentials = secretRef !== undefined || secretOf(values) !== undefined;
    return present({
      url,
      interval,
      type: isRegistry ? "oci" : undefined,
      provider: isRegistry ? values.text("ociProvider") : undefined,
      timeout: values.text("fetchTimeout"),
      secretRef: secretRef === undefined ? undefined : { name: secretRef },
      passCredentials: hasCredentials && values.isSet("passCredentials") ? true : undefined,
    });
  },
  secret: (values) => (values.text("secretRef") === undefined ? secretOf(values) : undefined),
  readyMessages: (object) => [
    "HelmRepository source reconciliation completed",
    ...(textAt(object, "spec", "type") === "oci"
      ? []
      : [`fetched revision: ${textAt(object, "status", "artifact", "revision")}`]),
  ],
};

function schemeOf(url: string): string {
  if (!URL.canParse(url))
    throw usageError(`url parse failed: ${JSON.stringify(url)}`, "an address looks like https://host/charts");
  const { protocol, host } = new URL(url);
  const scheme = protocol.slice(0, -1);
  if (!["http", "https", "oci"].includes(scheme))
    throw usageError(`url scheme '${scheme}' not supported, can be: http, https and oci`);
  if (host === "") throw usageError("url host is required");
  return scheme;
}

function secretOf(values: Parameters<CreateForm["spec"]>[0]): Record<string, string> | undefined {
  const [username, password] = [values.text("username"), values.text("password")];
  const [cert, key] = [values.text("certFile"), values.text("keyFile")];
  const hasPair = cert !== undefined && key !== undefined;
  const data = present({
    ...(username === undefined || password === undefined ? {} : { username, password }),
    ...(hasPair ? { "tls.crt": cert, "tls.key": key } : {}),
    "ca.crt": values.text("caFile"),
  });
  return Object.keys(data).length === 0 ? undefined : (data as Record<string, string>);
}
