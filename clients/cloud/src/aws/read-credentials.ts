import { CloudError } from "../errors.ts";
import { textField, type Answer } from "../post-form.ts";
import type { AwsCredentials } from "../token.ts";

/** Credentials as metadata services answer with them: `AccessKeyId`, `SecretAccessKey`, `Token`, `Expiration`. */
export function readMetadataCredentials(answer: Answer, doing: string): AwsCredentials {
  const code = answer["Code"];
  if (typeof code === "string" && code !== "Success") throw new CloudError("refused", `${doing}: ${code}`);
  const expiresAtMs = Date.parse(String(answer["Expiration"]));
  const token = answer["Token"];
  return {
    accessKeyId: textField(answer, "AccessKeyId", doing),
    secretAccessKey: textField(answer, "SecretAccessKey", doing),
    ...(typeof token === "string" && token !== "" ? { sessionToken: token } : {}),
    ...(Number.isFinite(expiresAtMs) ? { expiresAtMs } : {}),
  };
}
