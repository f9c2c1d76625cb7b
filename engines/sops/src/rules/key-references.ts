import type { MasterKey } from "../keys/master-key.ts";
import { SopsError } from "../sops-error.ts";

const unencrypted = { enc: "", createdAt: "" };

/** AWS KMS keys as `.sops.yaml` and flags write them: `<arn>` or `<arn>+<role arn>`. */
export function parseKmsKeys(texts: readonly string[], awsProfile: string = ""): MasterKey[] {
  return texts.map((text) => {
    const [arn = "", role] = text.replaceAll(" ", "").split("+arn:aws:iam::");
    return {
      type: "kms",
      arn,
      ...(role === undefined ? {} : { role: `arn:aws:iam::${role}` }),
      awsProfile,
      ...unencrypted,
    };
  });
}

/** `https://<vault>/keys/<name>[/<version>]`. @throws SopsError */
export function parseAzureKey(text: string): MasterKey {
  const match = /^(https:\/\/[^/]+)\/keys\/([^/]+)(?:\/([^/]*))?$/.exec(text.trim());
  if (!match)
    throw new SopsError(
      `read Azure Key Vault key ${JSON.stringify(text)}: want https://<vault>/keys/<name>[/<version>]`,
    );
  return { type: "azure_kv", vaultUrl: match[1] ?? "", name: match[2] ?? "", version: match[3] ?? "", ...unencrypted };
}

/** `https://<host>/v1/<engine path>/keys/<name>`. @throws SopsError */
export function parseVaultKey(text: string): MasterKey {
  const match = /^(https?:\/\/[^/]+)\/v1\/(.+)\/(?:keys|encrypt|decrypt)\/([^/]+)\/?$/.exec(text.trim());
  if (!match)
    throw new SopsError(
      `read Vault transit key ${JSON.stringify(text)}: want https://<host>/v1/<engine path>/keys/<name>`,
    );
  return {
    type: "hc_vault",
    vaultAddress: match[1] ?? "",
    enginePath: match[2] ?? "",
    keyName: match[3] ?? "",
    ...unencrypted,
  };
}
