import { memberOf, setMember, isObject, type Json, type JsonObject } from "@eddy/core/json";
import { validItemKey } from "./list-key.ts";
import type { ListType, MapType, MergeType } from "./merge-type.ts";
import { entryType, shapeOf } from "./shape.ts";

/**
 * The live value with the config merged in: maps field by field, config wins on leaves, lists in the config's order with
 * live-only items kept near their neighbours. Both must fit the type; neither is changed, the result shares structure with both.
 * Source: structured-merge-diff v6 `typed/merge.go`.
 */
export function mergeValues(type: MergeType, live: Json | undefined, config: Json | undefined): Json | undefined {
  if (config === undefined) return live;
  // With nothing live there is nothing to merge, and duplicates were refused before.
  if (live === undefined) return config;
  switch (shapeOf(type, config)) {
    case "map":
      return mergeMaps(type.map as MapType, live, config);
    case "list":
      return mergeLists(type.list as ListType, live, config);
    default:
      return config;
  }
}

function isEmptyMap(value: Json): boolean {
  if (!isObject(value)) return true;
  for (const key in value) if (value[key] !== undefined) return false;
  return true;
}

function mergeMaps(map: MapType, live: Json, config: Json): Json {
  if (map.atomic || (isEmptyMap(live) && isEmptyMap(config))) return config;
  if (!isObject(live)) return config;
  if (!isObject(config)) return live;
  const result: JsonObject = {};
  for (const key in live) {
    const value = live[key];
    if (value === undefined) continue;
    const wanted = memberOf(config, key);
    const type = wanted === undefined ? undefined : entryType(map, key);
    setMember(result, key, type === undefined ? value : mergeValues(type, value, wanted));
  }
  for (const key in config) {
    if (config[key] !== undefined && memberOf(live, key) === undefined) setMember(result, key, config[key]);
  }
  return result;
}

interface Indexed {
  elements: string[];
  /** First item of each element; null where live has it more than once, because duplicates are not merged. */
  items: Map<string, Json>;
}

function indexItems(list: ListType, value: Json): Indexed {
  const items = new Map<string, Json>();
  const elements: string[] = [];
  if (Array.isArray(value)) {
    for (const item of value) {
      const element = validItemKey(list, item);
      items.set(element, items.has(element) ? null : item);
      elements.push(element);
    }
  }
  return { elements, items };
}

function isEmptyList(value: Json): boolean {
  return !Array.isArray(value) || value.length === 0;
}

function mergeLists(list: ListType, live: Json, config: Json): Json {
  if (list.atomic || (isEmptyList(live) && isEmptyList(config))) return config;
  if (isEmptyList(live)) return config;
  if (isEmptyList(config)) return live;
  return new ListMerge(list, live as Json[], config as Json[]).run();
}

/**
 * Two pointers over the key lists. `next` is the first item of the config, in its order, that live has too and that is still
 * to come; a live item that is shared but not `next` waits for its turn in the config's order.
 */
class ListMerge {
  private readonly list: ListType;
  private readonly liveItems: Json[];
  private readonly live: Indexed;
  private readonly config: Indexed;
  private readonly shared: string[];
  private readonly taken = new Set<string>();
  private readonly out: Json[] = [];
  private nextShared = 0;

  constructor(list: ListType, live: Json[], config: Json[]) {
    this.list = list;
    this.liveItems = live;
    this.live = indexItems(list, live);
    this.config = indexItems(list, config);
    this.shared = this.config.elements.filter((element) => this.live.items.has(element));
  }

  run(): Json[] {
    const { elements: liveKeys } = this.live;
    const { elements: configKeys, items: configItems } = this.config;
    let l = 0;
    let c = 0;
    while (l < liveKeys.length || c < configKeys.length) {
      const liveKey = liveKeys[l];
      const configKey = configKeys[c];
      if (liveKey !== undefined && configKey !== undefined) {
        if (liveKey === configKey) {
          this.takeConfig(configKey);
          this.nextShared++;
          l++;
          c++;
          continue;
        }
        if (configItems.has(liveKey) && this.isNotNext(liveKey)) {
          l++;
          continue;
        }
      }
      if (liveKey !== undefined) {
        if (!configItems.has(liveKey)) {
          this.out.push(this.liveItems[l] as Json);
          l++;
          continue;
        }
        if (this.taken.has(liveKey)) l++;
      }
      if (configKey !== undefined) {
        this.takeConfig(configKey);
        c++;
        if (this.shared[this.nextShared] === configKey) this.nextShared++;
      }
    }
    return this.out;
  }

  private isNotNext(liveKey: string): boolean {
    const next = this.shared[this.nextShared];
    return next !== undefined && next !== liveKey;
  }

  private takeConfig(element: string): void {
    this.taken.add(element);
    const merged = mergeValues(this.list.item, this.live.items.get(element), this.config.items.get(element));
    this.out.push(merged ?? null);
  }
}
