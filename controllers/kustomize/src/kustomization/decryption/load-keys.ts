import type { Kustomization } from "@eddy/api";
import { sha256 } from "@eddy/core/digest";
import { EddyError, messageOf } from "@eddy/core/errors";
import type { ObjectRef } from "@eddy/core/object";
import type { ServiceAccountRef } from "@eddy/cloud";
import { createAgeKeys, createPgpKeys, type KeyServices } from "@eddy/sops";
import type { Ports } from "../ports.ts";
import { createCloudKeys } from "./cloud-keys.ts";
import type { KeyRing } from "./data-keys.ts";
import { decryptionRefOf, keysRefOf } from "./decryption-ref.ts";

type Data = Readonly<Record<string, string>>;

/**
 * The keys that `spec.decryption` gives; undefined when it does not ask for decryption. The Secret of `--sops-age-secret`
 * counts for those that name no Secret, and only its age keys. Source: flux2.md 3.3 "SOPS".
 * @throws EddyError DECRYPTION_KEYS (retry) when the Secret is not there or holds a key that is none
 */
export async function loadKeys(object: Kustomization, ports: Ports): Promise<KeyRing | undefined> {
  const { decryption } = object.spec;
  if (!decryption) return undefined;
  const own = decryptionRefOf(object);
  const { defaultDecryptionServiceAccount } = ports.settings;
  const ref = keysRefOf(object, ports.settings);
  const all = ref ? await read(ref, ports) : {};
  const data = own ? all : Object.fromEntries(Object.entries(all).filter(([name]) => name.endsWith(".agekey")));
  const accountName = decryption.serviceAccountName || defaultDecryptionServiceAccount;
  const account = accountName ? { namespace: object.metadata.namespace ?? "", name: accountName } : undefined;
  return {
    services: { ...servicesOf(data, ref), ...cloudServices(data, ref, account, ports) },
    identity: sha256(JSON.stringify([Object.entries(data).sort(([a], [b]) => (a < b ? -1 : 1)), account])),
  };
}

async function read(ref: ObjectRef, ports: Ports): Promise<Data> {
  const name = `${ref.namespace}/${ref.name}`;
  const data = await ports.data.read(ref).catch((cause: unknown) => {
    throw failed(`cannot get sops decryption Secret '${name}': ${messageOf(cause)}`, cause);
  });
  if (data) return data;
  throw failed(`cannot get sops decryption Secret '${name}': secrets "${ref.name}" not found`);
}

function failed(message: string, cause?: unknown): EddyError {
  return new EddyError("DECRYPTION_KEYS", message, cause === undefined ? {} : { cause });
}

function servicesOf(data: Data, ref: ObjectRef | undefined): KeyServices {
  const named = (suffix: string): string[] =>
    Object.keys(data)
      .filter((name) => name.endsWith(suffix))
      .sort();
  for (const name of named(".agekey")) importing(name, ref, () => createAgeKeys([data[name] ?? ""]));
  return {
    age: createAgeKeys(named(".agekey").map((name) => data[name] ?? "")),
    pgp: createPgpKeys({ privateKeys: named(".asc").map((name) => data[name] ?? "") }),
  };
}

function cloudServices(
  data: Data,
  ref: ObjectRef | undefined,
  account: ServiceAccountRef | undefined,
  { cloud }: Ports,
): KeyServices {
  const secrets = {
    awsKms: data["sops.aws-kms"],
    azureKv: data["sops.azure-kv"],
    gcpKms: data["sops.gcp-kms"],
    vaultToken: data["sops.vault-token"],
  };
  const present = Object.keys(data).filter((name) => /^sops\.(?:aws-kms|azure-kv)$/.test(name));
  return importing(present.join("', '"), ref, () => createCloudKeys(secrets, account, cloud));
}

function importing<Result>(name: string, ref: ObjectRef | undefined, action: () => Result): Result {
  try {
    return action();
  } catch (cause) {
    const secret = ref ? `${ref.namespace}/${ref.name}` : "";
    throw failed(`failed to import '${name}' data from sops decryption Secret '${secret}': ${messageOf(cause)}`, cause);
  }
}
