import { isObject } from "@eddy/core/json";
import { CloudError, cloudFailure } from "../errors.ts";
import type { CloudPorts } from "../ports.ts";
import { exchangeJson, loginLimits, textField } from "../post-form.ts";
import type { CloudToken } from "../token.ts";
import { metadataToken } from "./metadata.ts";
import { parseJsonObject, parseServiceAccountKey, serviceAccountKeyToken } from "./service-account-key.ts";
import { exchangeSubjectToken, gcpScopes } from "./workload-identity.ts";

type Config = Readonly<Record<string, unknown>>;

/**
 * Who this process is to GCP: the file of `GOOGLE_APPLICATION_CREDENTIALS` (a service account's key, or an external account whose
 * token is in a file or behind a URL), else the metadata server.
 * @throws CloudError
 */
export async function controllerGcpToken(ports: CloudPorts): Promise<CloudToken> {
  const path = ports.env["GOOGLE_APPLICATION_CREDENTIALS"];
  if (!path) return metadataToken(ports, gcpScopes);
  const what = "the file of GOOGLE_APPLICATION_CREDENTIALS";
  const text = await ports.readFile(path).catch((error: unknown) => {
    throw cloudFailure(`read ${what}`, error);
  });
  const config = parseJsonObject(text, what);
  if (config["type"] === "external_account") return externalAccountToken(ports, config, what);
  return serviceAccountKeyToken(ports, parseServiceAccountKey(text, what), gcpScopes);
}

async function externalAccountToken(ports: CloudPorts, config: Config, what: string): Promise<CloudToken> {
  const field = (name: string): string => {
    const value = config[name];
    if (typeof value === "string" && value !== "") return value;
    throw new CloudError("configuration", `${what} has no '${name}'`);
  };
  const impersonation = config["service_account_impersonation_url"];
  return exchangeSubjectToken(ports, {
    token: await subjectToken(ports, config["credential_source"], what),
    type: field("subject_token_type"),
    audience: field("audience"),
    tokenUrl: field("token_url"),
    impersonationUrl: typeof impersonation === "string" && impersonation !== "" ? impersonation : undefined,
  });
}

async function subjectToken(ports: CloudPorts, source: unknown, what: string): Promise<string> {
  const { file, url, headers, format } = (isObject(source) ? source : {}) as Record<string, unknown>;
  const jsonField =
    isObject(format) && format["type"] === "json" ? String(format["subject_token_field_name"]) : undefined;
  const doing = `read the token that ${what} names`;
  if (typeof file === "string") {
    const text = await ports.readFile(file).catch((error: unknown) => {
      throw cloudFailure(doing, error);
    });
    return jsonField === undefined ? text.trim() : textField(parseJsonObject(text, "the token file"), jsonField, doing);
  }
  if (typeof url === "string") {
    const credentials = (isObject(headers) ? headers : {}) as Record<string, string>;
    if (jsonField !== undefined)
      return textField(await exchangeJson(ports, url, { doing, credentials }), jsonField, doing);
    const response = await ports.http.request(url, { ...loginLimits, credentials });
    return (await response.text()).trim();
  }
  throw new CloudError(
    "configuration",
    `${what} has a credential_source of a kind that is not supported, want 'file' or 'url'`,
  );
}
