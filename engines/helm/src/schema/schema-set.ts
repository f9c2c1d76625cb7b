import { isObject, memberOf, type Json, type JsonObject } from "@eddy/core/json";
import { HelmError } from "../error.ts";
import { checkSchema } from "./check-schema.ts";

/** Draft of JSON Schema. */
export type Draft = 4 | 6 | 7 | 2019 | 2020;

/** A schema, and where it stands: its base address decides what its references mean. */
export interface LocatedSchema {
  readonly schema: Json;
  readonly base: string;
  readonly draft: Draft;
}

/** Where schemas of other addresses come from. */
export type RemoteSchema = (url: string) => string | undefined;

const drafts: ReadonlyMap<string, Draft> = new Map<string, Draft>([
  ["json-schema.org/schema", 2020],
  ["json-schema.org/draft/2020-12/schema", 2020],
  ["json-schema.org/draft/2019-09/schema", 2019],
  ["json-schema.org/draft-07/schema", 7],
  ["json-schema.org/draft-06/schema", 6],
  ["json-schema.org/draft-04/schema", 4],
]);

function draftOf(url: string): Draft | undefined {
  const [address = "", fragment = ""] = url.split("#", 2);
  return fragment === "" ? drafts.get(address.replace(/^https?:\/\//, "")) : undefined;
}

const maxRemote = 50;
const permissive: LocatedSchema = { schema: true, base: "", draft: 2020 };

/**
 * Schemas by address, with what their `$id`s and anchors name. Nothing is fetched but through the port.
 */
export class SchemaSet {
  private readonly located = new Map<string, LocatedSchema>();
  private readonly loaded = new Set<string>();
  private readonly remote: RemoteSchema;
  private readonly warn: (message: string) => void;

  constructor(remote: RemoteSchema = () => undefined, warn: (message: string) => void = () => undefined) {
    this.remote = remote;
    this.warn = warn;
  }

  /** @throws HelmError (terminal) where the schema is none, or one that it needs cannot be had */
  add(url: string, schema: Json): LocatedSchema {
    this.loaded.add(url);
    const named = isObject(schema) ? memberOf(schema, "$schema") : undefined;
    const draft = typeof named === "string" ? draftOf(named) : 2020;
    if (draft === undefined) throw new HelmError(`failing loading "${String(named)}": unknown draft of JSON schema`);
    checkSchema(schema, draft, url);
    const root = { schema, base: url, draft };
    this.located.set(url, root);
    this.index(schema, url, draft, 0);
    return this.located.get(url) ?? root;
  }

  /** @throws HelmError (terminal) where it leads nowhere */
  resolve(from: LocatedSchema, reference: string): LocatedSchema {
    const target = join(from.base, reference);
    const [address, fragment] = splitFragment(target);
    if (address.startsWith("urn:") && !this.located.has(address)) {
      this.warn(`unresolved URN reference ignored; using permissive schema ${JSON.stringify(address)}`);
      return permissive;
    }
    if (draftOf(address) !== undefined) return permissive;
    const document = this.located.get(address) ?? this.load(address);
    if (fragment === "") return document;
    if (!fragment.startsWith("/")) return this.anchor(address, fragment);
    return this.pointed(document, fragment, target);
  }

  private anchor(address: string, name: string): LocatedSchema {
    const found = this.located.get(`${address}#${name}`);
    if (found === undefined) throw new HelmError(`anchor "${name}" not found in "${address}"`);
    return found;
  }

  private load(address: string): LocatedSchema {
    if (this.loaded.size > maxRemote) throw new HelmError(`failing loading "${address}": too many schemas`);
    const text = /^https?:/.test(address) ? this.remote(address) : undefined;
    if (text === undefined)
      throw new HelmError(
        `failing loading "${address}": references to other schemas are not fetched, and this one was not given`,
      );
    return this.add(address, JSON.parse(text) as Json);
  }

  private pointed(document: LocatedSchema, fragment: string, target: string): LocatedSchema {
    let { schema, base } = document;
    for (const step of fragment.slice(1).split("/")) {
      const key = decodeStep(step);
      const next: Json | undefined = Array.isArray(schema)
        ? schema[Number(key)]
        : isObject(schema)
          ? memberOf(schema, key)
          : undefined;
      if (next === undefined) throw new HelmError(`json-pointer in "${target}" not found`);
      schema = next;
      const id = isObject(schema) ? idOf(schema, document.draft) : undefined;
      if (id !== undefined) base = splitFragment(join(base, id))[0] ?? base;
    }
    return { schema, base, draft: document.draft };
  }

  /** Finds what has a name of its own. Walks everything: what is no schema has no `$id` that matters. */
  private index(schema: Json, base: string, draft: Draft, depth: number): void {
    if (depth > 500) throw new HelmError("read the schema: it is nested too deeply");
    if (Array.isArray(schema)) {
      for (const item of schema) this.index(item, base, draft, depth + 1);
      return;
    }
    if (!isObject(schema)) return;
    const id = idOf(schema, draft);
    const address = id === undefined ? base : (splitFragment(join(base, id))[0] ?? base);
    if (id !== undefined) this.name(id.startsWith("#") ? base + id : address, schema, address, draft);
    for (const keyword of ["$anchor", "$dynamicAnchor"]) {
      const anchor = schema[keyword];
      if (typeof anchor === "string") this.name(`${address}#${anchor}`, schema, address, draft);
    }
    for (const key of Object.keys(schema)) {
      if (key !== "enum" && key !== "const" && key !== "default" && key !== "examples")
        this.index(schema[key] ?? null, address, draft, depth + 1);
    }
  }

  private name(address: string, schema: JsonObject, base: string, draft: Draft): void {
    this.located.set(address, { schema, base, draft });
    // The root is also known by the address that it was loaded from.
    const root = [...this.located].find(([, known]) => known.schema === schema && known.base !== base);
    if (root !== undefined) this.located.set(root[0], { schema, base, draft });
  }
}

function idOf(schema: JsonObject, draft: Draft): string | undefined {
  if (draft < 2019 && "$ref" in schema) return undefined;
  const id = schema[draft === 4 ? "id" : "$id"];
  return typeof id === "string" && id !== "" ? id : undefined;
}

function decodeStep(step: string): string {
  let text = step;
  try {
    text = decodeURIComponent(step);
  } catch {
    // As it stands.
  }
  return text.replaceAll("~1", "/").replaceAll("~0", "~");
}

function splitFragment(url: string): [string, string] {
  const hash = url.indexOf("#");
  return hash < 0 ? [url, ""] : [url.slice(0, hash), url.slice(hash + 1)];
}

function join(base: string, reference: string): string {
  if (reference.startsWith("#")) return (splitFragment(base)[0] ?? "") + reference;
  try {
    return new URL(reference, base).href;
  } catch {
    throw new HelmError(`invalid reference "${reference}" in the schema`);
  }
}
