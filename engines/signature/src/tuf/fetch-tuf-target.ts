import { EddyError, messageOf } from "@eddy/core/errors";
import { isObject, type JsonObject } from "@eddy/core/json";
import { canonicalJson } from "./canonical-json.ts";
import {
  authorityOf,
  checkExpiry,
  checkFile,
  fileInfo,
  parseMetadata,
  verifySignatures,
  versionOf,
  type TufRole,
} from "./metadata.ts";

/** What a TUF repository is read through. */
export interface TufPort {
  /** A file below the repository, undefined where it is not there; at most this long. */
  fetch(path: string, maxBytes: number): Promise<Uint8Array | undefined>;
  /** Milliseconds since the epoch. */
  now(): number;
}

/** What a client remembers between reads: versions do not go back. */
export interface TufState {
  /** The newest root that is trusted: JSON. */
  readonly root: string;
  readonly versions: Readonly<Partial<Record<TufRole, number>>>;
}

const maxRoots = 256;
const maxMetadataBytes = 4 * 1024 * 1024;
const maxTargetBytes = 8 * 1024 * 1024;

/**
 * A target of a TUF repository, whose roots are followed from the one that is trusted. Source: TUF specification 1.0, 5.3 to 5.7;
 * without delegations.
 * @throws EddyError TRUST_ROOT_UNAVAILABLE (retry) that says which step failed.
 */
export async function fetchTufTarget(
  name: string,
  state: TufState,
  port: TufPort,
): Promise<{ target: Uint8Array; state: TufState }> {
  try {
    return await follow(name, state, port);
  } catch (cause) {
    throw new EddyError("TRUST_ROOT_UNAVAILABLE", `unable to initialize trusted root: ${messageOf(cause)}`, { cause });
  }
}

async function follow(name: string, state: TufState, port: TufPort): Promise<{ target: Uint8Array; state: TufState }> {
  const root = await newestRoot(state.root, port);
  const seen = { ...state.versions };
  const read = async (role: TufRole, path: string, info?: JsonObject): Promise<JsonObject> => {
    const bytes = await required(port, path, maxMetadataBytes);
    if (info) checkFile(bytes, info, path);
    const signed = verified(bytes, role, root);
    checkExpiry(signed, port.now());
    const version = versionOf(signed);
    if (info && version !== info["version"])
      throw new Error(`${path} has version ${version}, want ${String(info["version"])}`);
    if (version < (seen[role] ?? 0)) throw new Error(`${path} went back from version ${seen[role]} to ${version}`);
    seen[role] = version;
    return signed;
  };
  const timestamp = await read("timestamp", "timestamp.json");
  const snapshotInfo = fileInfo(timestamp, "meta", "snapshot.json");
  const snapshot = await read("snapshot", `${String(snapshotInfo["version"])}.snapshot.json`, snapshotInfo);
  const targetsInfo = fileInfo(snapshot, "meta", "targets.json");
  const targets = await read("targets", `${String(targetsInfo["version"])}.targets.json`, targetsInfo);
  const info = fileInfo(targets, "targets", name);
  const target = await required(port, `targets/${digestIn(info)}.${name}`, maxTargetBytes);
  checkFile(target, info, name);
  return { target, state: { root: JSON.stringify(root.envelope), versions: seen } };
}

/** Nothing is trusted by its length alone. */
function digestIn({ hashes }: JsonObject): string {
  const digest = isObject(hashes) ? (hashes["sha256"] ?? hashes["sha512"]) : undefined;
  if (typeof digest === "string" && /^[0-9a-f]{64,128}$/.test(digest)) return digest;
  throw new Error("a target has no digest");
}

interface Root {
  readonly signed: JsonObject;
  readonly envelope: unknown;
}

/** Each root must be signed by the one before it and by itself. Only the last one's expiry counts. */
async function newestRoot(trusted: string, port: TufPort): Promise<Root> {
  let current = parseRoot(Buffer.from(trusted));
  for (let steps = 0; steps < maxRoots; steps++) {
    const version = versionOf(current.signed) + 1;
    const bytes = await port.fetch(`${version}.root.json`, maxMetadataBytes);
    if (!bytes) break;
    const next = parseRoot(bytes);
    verified(bytes, "root", current);
    verified(bytes, "root", next);
    if (versionOf(next.signed) !== version)
      throw new Error(`${version}.root.json has version ${versionOf(next.signed)}`);
    current = next;
  }
  checkExpiry(current.signed, port.now());
  return current;
}

function parseRoot(bytes: Uint8Array): Root {
  const { signed } = parseMetadata(bytes, "root");
  return { signed, envelope: JSON.parse(new TextDecoder().decode(bytes)) };
}

function verified(bytes: Uint8Array, role: TufRole, root: Pick<Root, "signed">): JsonObject {
  const envelope = parseMetadata(bytes, role);
  verifySignatures(envelope, authorityOf(root.signed, role), Buffer.from(canonicalJson(envelope.signed)));
  return envelope.signed;
}

async function required(port: TufPort, path: string, maxBytes: number): Promise<Uint8Array> {
  const bytes = await port.fetch(path, maxBytes);
  if (!bytes) throw new Error(`${path} is not there`);
  return bytes;
}
