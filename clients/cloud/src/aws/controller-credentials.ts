import { trimRight } from "@eddy/core/trim";
import { CloudError, cloudFailure } from "../errors.ts";
import type { CloudPorts } from "../ports.ts";
import { exchangeJson, loginLimits } from "../post-form.ts";
import type { AwsCredentials } from "../token.ts";
import { requestStsCredentials, stsEndpointOf } from "./assume-role.ts";
import { readMetadataCredentials } from "./read-credentials.ts";

const metadataTimeoutMs = 2_000;

/**
 * Who this process is to AWS, in the SDK's order: keys of the environment, web identity (IRSA), the container's agent (EKS pod
 * identity, ECS), the instance's role (IMDSv2). Shared credentials files are not read.
 * @throws CloudError
 */
export async function controllerAwsCredentials(
  ports: CloudPorts,
  options: { region: string; stsEndpoint?: string | undefined },
): Promise<AwsCredentials> {
  const { env } = ports;
  const [accessKeyId, secretAccessKey] = [env["AWS_ACCESS_KEY_ID"], env["AWS_SECRET_ACCESS_KEY"]];
  if (accessKeyId && secretAccessKey) {
    const sessionToken = env["AWS_SESSION_TOKEN"];
    return { accessKeyId, secretAccessKey, ...(sessionToken ? { sessionToken } : {}) };
  }
  if (env["AWS_WEB_IDENTITY_TOKEN_FILE"] && env["AWS_ROLE_ARN"]) return webIdentityCredentials(ports, options);
  if (env["AWS_CONTAINER_CREDENTIALS_FULL_URI"] || env["AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"])
    return containerCredentials(ports);
  if (env["AWS_EC2_METADATA_DISABLED"] === "true")
    throw new CloudError("configuration", "find AWS credentials: the environment names none");
  return instanceCredentials(ports);
}

async function webIdentityCredentials(
  ports: CloudPorts,
  { region, stsEndpoint }: { region: string; stsEndpoint?: string | undefined },
): Promise<AwsCredentials> {
  const { env, clock } = ports;
  return requestStsCredentials(ports, {
    endpoint: ports.endpoints.awsSts ?? stsEndpointOf(region, stsEndpoint),
    action: "AssumeRoleWithWebIdentity",
    parameters: {
      RoleArn: env["AWS_ROLE_ARN"] ?? "",
      RoleSessionName: env["AWS_ROLE_SESSION_NAME"] ?? `eddy-${clock.now()}`,
      WebIdentityToken: (await readNamedFile(ports, env["AWS_WEB_IDENTITY_TOKEN_FILE"] ?? "")).trim(),
    },
  });
}

async function readNamedFile(ports: CloudPorts, path: string): Promise<string> {
  try {
    return await ports.readFile(path);
  } catch (error) {
    throw cloudFailure(`read ${JSON.stringify(path)} named in the environment`, error);
  }
}

const agentHosts: ReadonlySet<string> = new Set([
  "169.254.170.2",
  "169.254.170.23",
  "[fd00:ec2::23]",
  "127.0.0.1",
  "[::1]",
]);

async function containerCredentials(ports: CloudPorts): Promise<AwsCredentials> {
  const { env, endpoints } = ports;
  const relative = env["AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"];
  const base = endpoints.awsContainer ?? "http://169.254.170.2";
  const url = relative ? `${base}${relative}` : (env["AWS_CONTAINER_CREDENTIALS_FULL_URI"] ?? "");
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  if (parsed?.protocol !== "https:" && !agentHosts.has(parsed?.hostname ?? ""))
    throw new CloudError(
      "configuration",
      "ask the container's credentials agent: want https, or an agent's own address",
    );
  const file = env["AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"];
  const token = file ? (await readNamedFile(ports, file)).trim() : env["AWS_CONTAINER_AUTHORIZATION_TOKEN"];
  const doing = "ask the container's credentials agent";
  const credentials = token ? { credentials: { authorization: token } } : {};
  return readMetadataCredentials(await exchangeJson(ports, url, { doing, isLocal: true, ...credentials }), doing);
}

async function instanceCredentials(ports: CloudPorts): Promise<AwsCredentials> {
  const doing = "ask the instance's metadata service for credentials";
  const base =
    ports.endpoints.awsMetadata ?? ports.env["AWS_EC2_METADATA_SERVICE_ENDPOINT"] ?? "http://169.254.169.254";
  const path = `${trimRight(base, "/")}/latest/meta-data/iam/security-credentials/`;
  try {
    const token = await metadataText(ports, `${trimRight(base, "/")}/latest/api/token`, {
      method: "PUT",
      headers: { "x-aws-ec2-metadata-token-ttl-seconds": "300" },
    });
    const headers = { "x-aws-ec2-metadata-token": token };
    const role = (await metadataText(ports, path, { headers })).split("\n", 1)[0]?.trim() ?? "";
    if (role === "") throw new CloudError("refused", `${doing}: the instance has no role`);
    return readMetadataCredentials(
      await exchangeJson(ports, `${path}${role}`, { doing, headers, isLocal: true }),
      doing,
    );
  } catch (error) {
    throw cloudFailure(doing, error);
  }
}

async function metadataText(
  { local }: CloudPorts,
  url: string,
  request: { method?: string; headers: Record<string, string> },
): Promise<string> {
  const response = await local.request(url, { ...loginLimits, timeoutMs: metadataTimeoutMs, ...request });
  if (response.status === 200) return response.text();
  response.discard();
  throw new CloudError("refused", `ask the instance's metadata service: status ${response.status}`);
}
