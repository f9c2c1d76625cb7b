const underscoreNotice = `
OCI artifact references (e.g. tags) do not support the plus sign (+). To support
storing semantic versions, Helm adopts the convention of changing plus (+) to
an underscore (_) in chart version tags when pushing to a registry and back to
a plus (+) when pulling from a registry.
`;

/** What Helm prints of a chart that went to or came from a registry. Source: Helm 4 `registry.Client`. */
export function registryNotice(what: "Pushed" | "Pulled", reference: string, digest: string): string {
  const notice = reference.includes("_") ? `${reference} contains an underscore.\n${underscoreNotice}` : "";
  return `${what}: ${reference}\nDigest: ${digest}\n${notice}`;
}
