/** The committed data of one Kubernetes minor, unpacked when first asked for. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { brotliDecompressSync } from "node:zlib";
import type { JsonObject } from "@eddy/core/json";

/** The release whose data lies in `data/`: what `/version` reports. */
export const kubernetesVersion = "v1.36.3";

/** One resource or subresource as `APIResourceList` has it. */
export interface ApiResource {
  name: string;
  singularName: string;
  namespaced: boolean;
  kind: string;
  group?: string;
  version?: string;
  verbs: string[];
  shortNames?: string[];
  categories?: string[];
  storageVersionHash?: string;
}

/** One resource as aggregated discovery has it. */
export interface AggregatedResource {
  resource: string;
  responseKind: { group: string; version: string; kind: string };
  scope: "Namespaced" | "Cluster";
  singularResource: string;
  verbs: string[];
  shortNames?: string[];
  categories?: string[];
  subresources?: { subresource: string; responseKind: { group: string; version: string; kind: string }; verbs: string[] }[];
}

/** Discovery of the built-in groups that are served by default. */
export interface DiscoveryPack {
  core: { resources: ApiResource[] };
  groups: { metadata: { name: string }; versions: { version: string; resources: AggregatedResource[] }[] }[];
  /** `<groupVersion>/<resource>` to storageVersionHash. */
  hashes: Record<string, string>;
}

/** Fields of Go structs: `[json name, type expression, flags, protobuf number]`; see tools/src/go-facts.go.txt. */
export interface GoFactsPack {
  names: string[];
  structs: [string, string, string, number][][];
  /** apiVersion to kind to index in `structs`. */
  kinds: Record<string, Record<string, number>>;
}

interface Packs {
  schemas: Record<string, JsonObject>;
  descriptions: Record<string, string[]>;
  "go-facts": GoFactsPack;
  discovery: DiscoveryPack;
  "bootstrap-rbac": JsonObject[];
}

const loaded = new Map<string, unknown>();

/** One part of the pack; decompressed once, shared, not to be changed. */
export function loadPack<K extends keyof Packs>(name: K): Packs[K] {
  let pack = loaded.get(name);
  if (pack === undefined) {
    const packed = readFileSync(join(import.meta.dirname, "../../data", `${name}.json.br`));
    pack = JSON.parse(brotliDecompressSync(packed).toString("utf8"));
    loaded.set(name, pack);
  }
  return pack as Packs[K];
}
