import type { Json } from "@eddy/core/json";
import type { KubeObject } from "@eddy/core/object";
import type { Node } from "@eddy/goyaml";
import { cloneNode, field } from "../node/fields.ts";
import { jsonOf } from "../node/json.ts";
import { parseGroupVersion } from "../resid/gvk.ts";
import { effectiveNamespace, idKey, type ResId } from "../resid/res-id.ts";
import type { OpenApiSchema } from "../schema/schema.ts";
import { metadataMap, metadataText } from "./metadata.ts";

/** What becomes of a generated object that meets one of the same id. */
export type GenerationBehavior = "unspecified" | "create" | "replace" | "merge";

interface Names {
  readonly name: string;
  readonly namespace: string;
  readonly kind: string;
}

/**
 * An object on its way through a build: its node, and what the build knows of its past. Upstream keeps the past in
 * annotations of the object, this keeps it beside the object.
 */
export class BuildObject {
  node: Node | undefined;
  readonly schema: OpenApiSchema;
  /** The file, or the kustomization whose generator made it. */
  origin: string;
  /** Names it had, the first one first. */
  previous: readonly Names[] = [];
  prefixes: readonly string[] = [];
  suffixes: readonly string[] = [];
  needsHash = false;
  behavior: GenerationBehavior = "unspecified";
  allowNameChange = false;
  allowKindChange = false;
  /** Vars that read from this object. */
  varNames: readonly string[] = [];

  constructor(node: Node, schema: OpenApiSchema, origin: string) {
    this.node = node;
    this.schema = schema;
    this.origin = origin;
  }

  /** The node of an object that was not deleted. */
  get live(): Node {
    if (this.node === undefined) throw new Error("the object was deleted by a patch");
    return this.node;
  }

  get kind(): string {
    return field(this.node, "kind")?.value ?? "";
  }

  get apiVersion(): string {
    return field(this.node, "apiVersion")?.value ?? "";
  }

  get name(): string {
    return this.node === undefined ? "" : metadataText(this.node, "name");
  }

  get namespace(): string {
    return this.node === undefined ? "" : metadataText(this.node, "namespace");
  }

  /** The id it has now. */
  currentId(): ResId {
    const { apiVersion, kind } = this;
    const { group, version } = parseGroupVersion(apiVersion);
    const clusterScoped = this.schema.isClusterScoped(apiVersion, kind);
    return { group, version, kind, name: this.name, namespace: this.namespace, clusterScoped };
  }

  /** The ids it had, the first one first. */
  previousIds(): ResId[] {
    if (this.previous.length === 0) return [];
    const { group, version } = parseGroupVersion(this.apiVersion);
    return this.previous.map((names) => ({ group, version, ...names, clusterScoped: false }));
  }

  /** The id it had at first. */
  originalId(): ResId {
    const [first] = this.previous;
    if (first === undefined) return this.currentId();
    return { ...parseGroupVersion(this.apiVersion), ...first, clusterScoped: false };
  }

  /** Every id it has or had. */
  allIds(): ResId[] {
    return [...this.previousIds(), this.currentId()];
  }

  /** Remembers the id it has now as a previous one. */
  storePreviousId(): void {
    const id = this.currentId();
    this.previous = [...this.previous, { name: id.name, namespace: effectiveNamespace(id), kind: id.kind }];
  }

  /** Forgets the names it had and how it was generated. */
  forgetPast(): void {
    this.previous = [];
    this.prefixes = [];
    this.suffixes = [];
    this.needsHash = false;
    this.behavior = "unspecified";
    this.allowNameChange = false;
    this.allowKindChange = false;
  }

  /** A key that only this object has in a build. */
  key(): string {
    return idKey(this.currentId());
  }

  labels(): Map<string, string> {
    return this.node === undefined ? new Map() : metadataMap(this.node, "labels");
  }

  annotations(): Map<string, string> {
    return this.node === undefined ? new Map() : metadataMap(this.node, "annotations");
  }

  /** A copy that shares nothing. */
  clone(): BuildObject {
    const copy = new BuildObject(cloneNode(this.live), this.schema, this.origin);
    const { previous, prefixes, suffixes, needsHash, behavior, allowNameChange, allowKindChange, varNames } = this;
    return Object.assign(copy, {
      previous,
      prefixes,
      suffixes,
      needsHash,
      behavior,
      allowNameChange,
      allowKindChange,
      varNames,
    });
  }

  /** The object as plain JSON. */
  toJson(): Json {
    return jsonOf(this.live);
  }

  /** The object as plain JSON, for callers that know it to be one. */
  toObject(): KubeObject {
    return this.toJson() as unknown as KubeObject;
  }
}
