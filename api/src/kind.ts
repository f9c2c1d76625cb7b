import type { KubeObject } from "@eddy/core/object";
import type { CreateForm } from "./create-form.ts";
import type { Schema } from "./schema.ts";

/** A column that the API server's tables and `kubectl get` show. */
export interface PrinterColumn {
  name: string;
  type: "string" | "integer" | "date" | "boolean";
  jsonPath: string;
  /** 0 is always shown; more, with `-o wide`. */
  priority?: number;
  description?: string;
}

/** One version of a kind. */
export interface KindVersion {
  name: string;
  served: boolean;
  /** Exactly one version is the one that is stored. */
  storage: boolean;
  /** The API server's warning to whoever uses this version. */
  deprecationWarning?: string;
  /** Schemas of the members beside apiVersion, kind and metadata, mostly `spec` and `status`. */
  members: Readonly<Record<string, Schema<unknown>>>;
  requiredMembers?: readonly string[];
  printerColumns: readonly PrinterColumn[];
}

/** A column that `eddy get` shows; `value` reads one object of the storage version. */
export interface CliColumn {
  /** `Ready`; printed in upper case. */
  header: string;
  value(object: KubeObject): string;
}

/** Ids (`<namespace>_<name>_<group>_<kind>`) of applied objects; `isRemote`: they are in another cluster. */
export interface KindInventory {
  entries: readonly { id: string }[];
  isRemote: boolean;
}

/** What the command line's verbs need to know of a kind. */
export interface KindCli {
  /** Words that name the kind after a verb: `["source", "git"]`, `["kustomization"]`. */
  path: readonly string[];
  /** The same after `get` and `export`: `["sources", "git"]`, `["kustomizations"]`. */
  pluralPath: readonly string[];
  /** Other words for the last one of either path. */
  aliases: readonly string[];
  /** In messages of suspend, resume and delete: `source git`. */
  humanName: string;
  /** In messages of create: `GitRepository source`. */
  createName: string;
  columns: readonly CliColumn[];
  /** Added by `-o wide`, before the age. */
  wideColumns: readonly CliColumn[];
  /** Has passes that can be requested. */
  reconcilable: boolean;
  /** Has `spec.suspend`. */
  suspendable: boolean;
  /** An object that no controller looks at: it is ready as it is, and no pass can be requested. Absent: none is. */
  isStatic?: (object: KubeObject) => boolean;
  /** What was reached, once Ready: `applied revision main@sha1:…`. */
  successMessage(object: KubeObject): string;
  /** What `create` asks for; absent where objects are only made by others. */
  create?: CreateForm;
  /** What the object applied; absent where the kind applies nothing. */
  inventoryOf?: (object: KubeObject) => KindInventory;
  /** The source that the object is made from, if the kind has one; `namespace` is filled in. */
  sourceOf?: (object: KubeObject) => { kind: string; name: string; namespace: string } | undefined;
  /** The source as lists show it, where that is another one. */
  listedSourceOf?: (object: KubeObject) => { kind: string; name: string; namespace: string } | undefined;
  /** Flags of `reconcile` that ask for more than a pass, by annotations that get the request's value. */
  requests?: Readonly<Record<string, { annotation: string; description: string }>>;
}

/** A kind, once: its CRD, defaulting, CLI columns and verbs, and its reference page are read from this. */
export interface Kind<T extends KubeObject = KubeObject> {
  group: string;
  kind: string;
  plural: string;
  singular: string;
  shortNames: readonly string[];
  categories: readonly string[];
  scope: "Namespaced" | "Cluster";
  /** One sentence for the reference page and the CRD. */
  description: string;
  versions: readonly KindVersion[];
  /** What becomes of fields that older versions have elsewhere or beside it; a sentence each, for the reference page. */
  olderVersions?: readonly string[];
  /** What Eddy does otherwise than Flux; a sentence each, for the reference page. Absent: the kind is Eddy's own. */
  differences?: readonly string[];
  /** The name of the version that is stored. */
  storageVersion: string;
  /** Finalizer of the kind, if it has one. */
  finalizer?: string;
  cli: KindCli;
  /**
   * The object, read in any served version, in the storage version's shape: defaults filled in, fields of older
   * versions moved to where they are now. Pure; does not change its argument.
   */
  decode(object: KubeObject): T;
}

/** What a kind's file writes; the rest follows from it. */
export interface KindDefinition<T extends KubeObject> extends Omit<Kind<T>, "storageVersion" | "singular" | "decode"> {
  /** Moves fields of older versions to where the storage version has them; `object` may be changed. */
  upgrade?: (object: KubeObject) => KubeObject;
}
