import { CloudError } from "../errors.ts";
import type { CloudPorts } from "../ports.ts";
import { exchangeJson, expiryOf, loginLimits, textField } from "../post-form.ts";
import type { CloudToken } from "../token.ts";

const timeoutMs = 2_000;
const headers = { "metadata-flavor": "Google" };

function baseOf({ endpoints, env }: CloudPorts): string {
  const host = env["GCE_METADATA_HOST"];
  const base = endpoints.gcpMetadata ?? (host ? `http://${host}` : "http://metadata.google.internal");
  return `${base}/computeMetadata/v1`;
}

/** The token of the machine's, or on GKE the pod's, service account. */
export async function metadataToken(ports: CloudPorts, scopes: readonly string[]): Promise<CloudToken> {
  const doing = "fetch a token from the GCP metadata server";
  const nowMs = ports.clock.now();
  const url = `${baseOf(ports)}/instance/service-accounts/default/token?scopes=${encodeURIComponent(scopes.join(","))}`;
  const answer = await exchangeJson(ports, url, { doing, headers, timeoutMs, isLocal: true });
  return { value: textField(answer, "access_token", doing), expiresAtMs: expiryOf(answer, "expires_in", nowMs) };
}

/** Which GKE cluster this is, as its workload identity names it. Source: fluxcd/pkg/auth/gcp `gkeMetadataLoader`. */
export interface GkeCluster {
  /** `<project>.svc.id.goog`: the audience of the cluster's tokens. */
  readonly pool: string;
  /** The cluster as an issuer of them. */
  readonly provider: string;
}

/** Asks the metadata server; only on GKE is there an answer. */
export async function fetchGkeCluster(ports: CloudPorts): Promise<GkeCluster> {
  const project = await metadataText(ports, "project/project-id", "project ID");
  const location = await metadataText(ports, "instance/attributes/cluster-location", "location");
  const name = await metadataText(ports, "instance/attributes/cluster-name", "name");
  return {
    pool: `${project}.svc.id.goog`,
    provider: `https://container.googleapis.com/v1/projects/${project}/locations/${location}/clusters/${name}`,
  };
}

async function metadataText(ports: CloudPorts, path: string, what: string): Promise<string> {
  const doing = `failed to get GKE cluster ${what} from the metadata service`;
  const response = await ports.local
    .request(`${baseOf(ports)}/${path}`, { ...loginLimits, timeoutMs, headers })
    .catch((cause: unknown) => {
      throw new CloudError("unreachable", `${doing}: no answer`, { cause });
    });
  const text = response.status === 200 ? (await response.text()).trim() : "";
  if (response.status !== 200) response.discard();
  if (text === "")
    throw new CloudError("refused", `${doing}: ${response.status === 200 ? "empty value" : response.status}`);
  return text;
}
