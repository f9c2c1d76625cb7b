import { memberOf, setMember } from "@eddy/core/json";
import type { JsonObject } from "@eddy/core/json";
import { type GoMap, type GoValue, isMap, tag, tagOf } from "../../value/go-value.ts";
import { tomlError } from "./toml-error.ts";
import { formatKey } from "./toml-key.ts";

const tablesType = "[]map[string]interface {}";

function isTables(value: GoValue): value is GoMap[] {
  return Array.isArray(value) && tagOf(value)?.name === tablesType;
}

/** The tables of a document as they are defined, with the rules about defining twice. Source: BurntSushi/toml 1.6's parser. */
export class TomlTables {
  readonly root: GoMap = {};
  /** The table that keys belong to. */
  context: readonly string[] = [];
  currentKey = "";
  /** Line of the key that is being defined. */
  line = 1;
  private readonly implicit = new Set<string>();
  private readonly arrays = new Set<string>();

  /** The full name of what is being defined. */
  current(): string {
    if (this.currentKey === "") return formatKey(this.context);
    return this.context.length === 0 ? this.currentKey : `${formatKey(this.context)}.${this.currentKey}`;
  }

  private refuse(message: string): never {
    throw tomlError(message, this.line, this.current());
  }

  private step(map: GoMap, part: string, onOther: () => never): GoMap {
    const value = memberOf(map as JsonObject, part);
    if (isTables(value)) return value.at(-1) as GoMap;
    return isMap(value) ? value : onOther();
  }

  markImplicit(key: readonly string[]): void {
    this.implicit.add(formatKey(key));
  }

  /** Remembers whether the value of a key of the context is an array; the last kind counts. */
  setKind(key: string, isArray: boolean): void {
    const name = formatKey(key === "" ? this.context : [...this.context, key]);
    if (isArray) this.arrays.add(name);
    else this.arrays.delete(name);
  }

  /** Makes a table the context, and the tables above it if they are not there. */
  enter(key: readonly string[], isArray: boolean): void {
    let map = this.root;
    const above: string[] = [];
    for (const part of key.slice(0, -1)) {
      above.push(part);
      if (!Object.hasOwn(map, part)) {
        this.markImplicit(above);
        setMember(map as JsonObject, part, {});
      }
      map = this.step(map, part, () => this.refuse(`Key '${formatKey(above)}' was already created as a hash.`));
    }
    this.context = above;
    const last = key.at(-1) as string;
    if (isArray) this.appendTable(map, last, key);
    else this.set(last, {});
    this.context = [...above, last];
  }

  private appendTable(map: GoMap, last: string, key: readonly string[]): void {
    if (!Object.hasOwn(map, last)) setMember(map as JsonObject, last, tag([], tablesType));
    const tables = memberOf(map as JsonObject, last);
    if (!isTables(tables)) this.refuse(`Key '${formatKey(key)}' was already created and cannot be used as an array.`);
    (tables as GoMap[]).push({});
  }

  /** Sets a key of the context; a table that was there by implication only stays. */
  set(key: string, value: GoValue): void {
    let map = this.root;
    const path: string[] = [];
    const defined = (): never => this.refuse(`Key '${formatKey(path)}' has already been defined.`);
    for (const part of this.context) {
      path.push(part);
      map = this.step(map, part, defined);
    }
    path.push(key);
    if (Object.hasOwn(map, key)) {
      const name = formatKey(path);
      const wasImplicit = this.implicit.delete(name);
      if (!wasImplicit) defined();
      if (!this.arrays.has(name)) return;
    }
    setMember(map as JsonObject, key, value as never);
  }

  /** Before a dotted key's value: its first parts are tables. */
  enterImplicit(parts: readonly string[]): void {
    for (const part of parts) {
      const key = [...this.context, part];
      this.markImplicit(key);
      this.enter(key, false);
    }
  }
}
