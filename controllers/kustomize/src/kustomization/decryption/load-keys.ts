import type { Kustomization } from "@eddy/api";
import { sha256 } from "@eddy/core/digest";
import { EddyError, messageOf } from "@eddy/core/errors";
import type { ObjectRef } from "@eddy/core/object";
import { createAgeKeys, createPgpKeys, type KeyServices } from "@eddy/sops";
import type { Ports } from "../ports.ts";
import type { KeyRing } from "./data-keys.ts";

/** The reference to the Secret with the keys that decrypt. */
export function decryptionRefOf({ metadata, spec }: Kustomization): ObjectRef | undefined {
  const name = spec.decryption?.secretRef?.name;
  return name === undefined ? undefined : secretRef(metadata.namespace ?? "", name);
}

function secretRef(namespace: string, name: string): ObjectRef {
  return { group: "", kind: "Secret", namespace, name };
}

/**
 * The keys that `spec.decryption` gives, with those that every Kustomization has; undefined when it does not ask for
 * decryption. Source: flux2.md 3.3 "SOPS".
 * @throws EddyError DECRYPTION_KEYS (retry) when the Secret is not there or holds a key that is none
 */
export async function loadKeys(object: Kustomization, ports: Ports): Promise<KeyRing | undefined> {
  if (!object.spec.decryption) return undefined;
  const own = decryptionRefOf(object);
  const shared = ports.settings.sopsAgeSecret;
  const data = {
    ...(shared ? await read(secretRef(shared.namespace, shared.name), ports) : {}),
    ...(own ? await read(own, ports) : {}),
  };
  return {
    services: servicesOf(data, own ?? undefined),
    identity: sha256(JSON.stringify(Object.entries(data).sort())),
  };
}

async function read(ref: ObjectRef, ports: Ports): Promise<Record<string, string>> {
  const name = `${ref.namespace}/${ref.name}`;
  const data = await ports.data.read(ref).catch((cause: unknown) => {
    throw failed(`cannot get decryption Secret '${name}': ${messageOf(cause)}`, cause);
  });
  if (data) return data;
  throw failed(`cannot get decryption Secret '${name}': secrets "${ref.name}" not found`);
}

function failed(message: string, cause?: unknown): EddyError {
  return new EddyError("DECRYPTION_KEYS", message, cause === undefined ? {} : { cause });
}

function servicesOf(data: Readonly<Record<string, string>>, ref: ObjectRef | undefined): KeyServices {
  const withSuffix = (suffix: string): string[] =>
    Object.keys(data)
      .filter((key) => key.endsWith(suffix))
      .sort()
      .map((key) => data[key] ?? "");
  try {
    return {
      age: createAgeKeys(withSuffix(".agekey")),
      pgp: createPgpKeys({ privateKeys: withSuffix(".asc") }),
    };
  } catch (cause) {
    const name = ref ? `${ref.namespace}/${ref.name}` : "";
    throw failed(`failed to import data from decryption Secret '${name}': ${messageOf(cause)}`, cause);
  }
}
