import { messageOf } from "@eddy/core/errors";
import { SopsError } from "../sops-error.ts";
import type { Metadata } from "../metadata/metadata.ts";
import type { KeyGroup, KeyService, KeyServices, MasterKey } from "./master-key.ts";
import { nameOfKey } from "./master-key.ts";
import { combineShares, splitSecret } from "./shamir.ts";

const dataKeyBytes = 32;

/**
 * The key of a file, from the first master key of each group that gives it; age and OpenPGP are asked before services on the
 * network. With several groups, the threshold of parts is put together.
 * @throws SopsError `SOPS_NO_KEY` (retry) naming each master key and why it did not
 */
export async function recoverDataKey(
  { keyGroups, shamirThreshold }: Metadata,
  services: KeyServices,
  signal?: AbortSignal,
): Promise<Uint8Array> {
  const needed = keyGroups.length > 1 ? shamirThreshold || keyGroups.length : 1;
  const parts: Uint8Array[] = [];
  const failures: string[] = [];
  for (const group of keyGroups) {
    if (parts.length === needed) break;
    const part = await recoverPart(group, services, failures, signal);
    if (part) parts.push(part);
  }
  if (parts.length < needed) {
    throw new SopsError(
      `cannot get sops data key: ${parts.length} of ${needed} key groups could be decrypted: ${failures.join("; ")}`,
      { code: "SOPS_NO_KEY" },
    );
  }
  const key = keyGroups.length > 1 ? combineShares(parts) : parts[0];
  if (key?.length === dataKeyBytes) return key;
  throw new SopsError(`cannot get sops data key: it has ${key?.length ?? 0} bytes, want ${dataKeyBytes}`);
}

async function recoverPart(
  group: KeyGroup,
  services: KeyServices,
  failures: string[],
  signal: AbortSignal | undefined,
): Promise<Uint8Array | undefined> {
  for (const key of [...group].sort((left, right) => rank(left) - rank(right))) {
    try {
      return await serviceOf(key, services).decrypt(key, signal);
    } catch (error) {
      signal?.throwIfAborted();
      failures.push(`${nameOfKey(key)}: ${messageOf(error)}`);
    }
  }
  return undefined;
}

function rank({ type }: MasterKey): number {
  return type === "age" ? 0 : type === "pgp" ? 1 : 2;
}

function serviceOf(key: MasterKey, services: KeyServices): KeyService {
  const service = services[key.type] as KeyService | undefined;
  if (service) return service;
  throw new SopsError(`no credentials for keys of type ${JSON.stringify(key.type)}`);
}

/** The groups with a data key encrypted for each of their master keys. @throws SopsError naming the master key */
export async function encryptDataKey(
  dataKey: Uint8Array,
  { keyGroups, shamirThreshold }: Pick<Metadata, "keyGroups" | "shamirThreshold">,
  services: KeyServices,
  signal?: AbortSignal,
): Promise<KeyGroup[]> {
  if (keyGroups.length === 0 || keyGroups.some((group) => group.length === 0)) {
    throw new SopsError("encrypt the data key: no key is given: name one in .sops.yaml or by a flag");
  }
  const parts =
    keyGroups.length === 1 ? [dataKey] : splitSecret(dataKey, keyGroups.length, shamirThreshold || keyGroups.length);
  return await Promise.all(
    keyGroups.map((group, index) =>
      Promise.all(
        group.map(async (key) => {
          try {
            const enc = await serviceOf(key, services).encrypt(key, parts[index] ?? dataKey, signal);
            return { ...key, enc };
          } catch (cause) {
            throw new SopsError(`encrypt the data key for ${nameOfKey(key)}: ${messageOf(cause)}`, { cause });
          }
        }),
      ),
    ),
  );
}
