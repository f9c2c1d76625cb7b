import { formatFloat } from "../../fmt/float.ts";
import { compareGoStrings } from "../../value/go-string.ts";
import { type GoMap, type GoValue, isMap, Struct, typeOf } from "../../value/go-value.ts";
import { Integer } from "../../value/integer.ts";
import { CallError } from "../call-error.ts";
import { isNil } from "../nil.ts";
import { show } from "../show.ts";
import { GoTime } from "../time/go-time.ts";
import { formatKey, formatKeyPart, quoteToml } from "./toml-key.ts";

const maxDepth = 1_000;

/** What TOML makes of a value; undefined for nil, which it has not. */
type TomlKind = "value" | "array" | "table" | "tables" | undefined;

/** Values that Go writes as text though they are structs: times and versions. */
function isText(value: Struct): boolean {
  return (value.type as { toJson?: unknown }).toJson !== undefined;
}

function kindOf(value: GoValue, depth: number): TomlKind {
  if (isNil(value)) return undefined;
  if (depth > maxDepth) throw new CallError(`toml: nested deeper than ${maxDepth}`);
  if (Array.isArray(value)) return kindOfList(value, depth);
  if (value instanceof Uint8Array) return "array";
  if (value instanceof Struct) return isText(value) ? "value" : "table";
  if (isMap(value)) return "table";
  if (typeof value === "object" && !(value instanceof Integer)) throw new CallError("unsupported type: func");
  return "value";
}

function kindOfList(items: readonly GoValue[], depth: number): TomlKind {
  let areTables = items.length > 0;
  for (const item of items) {
    const kind = kindOf(item, depth + 1);
    if (kind === undefined) throw new CallError("toml: cannot encode array with nil element");
    if (kind !== "table") areTables = false;
  }
  return areTables ? "tables" : "array";
}

interface Member {
  readonly key: string;
  readonly value: GoValue;
}

/** Times without zone that fromToml read, by the name of their zone. */
const localLayouts: Readonly<Record<string, string>> = {
  "datetime-local": "2006-01-02T15:04:05.999999999",
  "date-local": "2006-01-02",
  "time-local": "15:04:05.999999999",
};

class TomlWriter {
  private out = "";

  write(value: GoValue): string {
    this.entry([], value);
    return this.out;
  }

  private line(): void {
    if (this.out !== "") this.out += "\n";
  }

  private indent(key: readonly string[]): string {
    return "  ".repeat(key.length - 1);
  }

  private entry(key: readonly string[], value: GoValue): void {
    const kind = kindOf(value, key.length);
    if (kind === "table") return this.table(key, value);
    if (kind === "tables") return this.tables(key, value as readonly GoValue[]);
    if (kind === undefined) {
      // A nil list is written as an empty one, other nils not at all.
      if (!Array.isArray(value)) return;
    }
    if (key.length > 0) this.out += `${this.indent(key)}${formatKeyPart(key.at(-1) as string)} = `;
    this.out += this.element(value, key.length);
    if (key.length > 0) this.line();
  }

  private table(key: readonly string[], value: GoValue): void {
    if (key.length === 1) this.line();
    if (key.length > 0) {
      this.out += `${this.indent(key)}[${formatKey(key)}]`;
      this.line();
    }
    this.members(key, value);
  }

  private tables(key: readonly string[], items: readonly GoValue[]): void {
    if (key.length === 0) throw new CallError("toml: top-level values must be Go maps or structs");
    for (const item of items) {
      this.line();
      this.out += `${this.indent(key)}[[${formatKey(key)}]]`;
      this.line();
      this.members(key, item);
    }
  }

  private members(key: readonly string[], value: GoValue): void {
    for (const { key: name, value: member } of orderedMembers(value, key.length).flat()) {
      if (!isNil(member)) this.entry([...key, name], member);
    }
  }

  private element(value: GoValue, depth: number): string {
    if (depth > maxDepth) throw new CallError(`toml: nested deeper than ${maxDepth}`);
    if (typeof value === "string") return quoteToml(value);
    if (typeof value === "number") return formatNumber(value);
    if (value instanceof Integer) return value.named?.name === "time.Duration" ? quoteToml(show(value)) : String(value);
    if (value instanceof GoTime) {
      return value.format(localLayouts[value.zone.name] ?? "2006-01-02T15:04:05.999999999Z07:00");
    }
    if (value instanceof Uint8Array) return `[${Array.from(value).join(", ")}]`;
    if (Array.isArray(value)) return `[${value.map((item) => this.element(item, depth + 1)).join(", ")}]`;
    if (value instanceof Struct && isText(value)) return quoteToml(show(value));
    return typeof value === "object" && value !== null ? this.inline(value, depth) : String(value);
  }

  /** Upstream puts a comma behind each member but the last of all, even if what follows is nil and left out. */
  private inline(value: object, depth: number): string {
    const [direct, sub] = orderedMembers(value, depth);
    const write = (members: readonly Member[], isFollowed: boolean): string =>
      members
        .map(({ key, value: member }, index) => {
          if (isNil(member)) return "";
          const comma = isFollowed || index < members.length - 1 ? ", " : "";
          return `${formatKeyPart(key)} = ${this.element(member, depth + 1)}${comma}`;
        })
        .join("");
    return `{${write(direct, sub.length > 0)}${write(sub, false)}}`;
  }
}

/** Members that are values, then those that are tables; of maps by key, of structs in their order. */
function orderedMembers(value: GoValue, depth: number): [direct: Member[], sub: Member[]] {
  const map: GoMap = value instanceof Struct ? value.fields : (value as GoMap);
  const keys = Object.keys(map);
  if (!(value instanceof Struct)) keys.sort(compareGoStrings);
  const [direct, sub]: [Member[], Member[]] = [[], []];
  for (const key of keys) {
    const kind = kindOf(map[key] ?? null, depth);
    (kind === "table" || kind === "tables" ? sub : direct).push({ key, value: map[key] ?? null });
  }
  return [direct, sub];
}

function formatNumber(value: number): string {
  if (Number.isNaN(value)) return "nan";
  if (!Number.isFinite(value)) return value > 0 ? "inf" : "-inf";
  const text = formatFloat(value, "g", -1);
  return /[.e]/.test(text) ? text : `${text}.0`;
}

/**
 * A value as TOML. Source: BurntSushi/toml 1.6.
 * @throws CallError in upstream's words
 */
export function encodeToml(value: GoValue): string {
  if (value === null || value === undefined) throw new TypeError("reflect: call of reflect.Value.Type on zero Value");
  if (typeof value === "object" && typeOf(value).kind === "func")
    throw new CallError("unsupported type for key '': func");
  return new TomlWriter().write(value);
}
