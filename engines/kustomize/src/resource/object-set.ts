import { type BuildBudget, stepsPerObject } from "../budget.ts";
import { KustomizeError } from "../error.ts";
import { isNilOrEmpty } from "../node/fields.ts";
import { formatId, type ResId, sameId } from "../resid/res-id.ts";
import type { BuildObject } from "./build-object.ts";

/** Objects of a build in order, none with the id of another. Indexes are made on demand and dropped when objects change. */
export class ObjectSet {
  #objects: BuildObject[] = [];
  #byKey: Map<string, BuildObject> | undefined;
  #byName: Map<string, BuildObject[]> | undefined;
  /** What changing the objects is counted against. */
  readonly budget: BuildBudget;

  constructor(budget: BuildBudget) {
    this.budget = budget;
  }

  /** The objects as they stand; not to be changed. */
  get objects(): readonly BuildObject[] {
    return this.#objects;
  }

  /** Adds an object. @throws KustomizeError if its id is taken */
  append(object: BuildObject): void {
    const { maxObjects } = this.budget.limits;
    if (this.#objects.length >= maxObjects) {
      throw new KustomizeError(`add an object: there are ${maxObjects} already, which is the limit`);
    }
    this.budget.step(stepsPerObject);
    const keys = this.#keys();
    const key = object.key();
    const other = keys.get(key);
    if (other !== undefined) throw duplicate(object, other);
    keys.set(key, object);
    this.#objects.push(object);
    if (this.#byName !== undefined) addNames(this.#byName, object);
  }

  appendAll(objects: Iterable<BuildObject>): void {
    for (const object of objects) this.append(object);
  }

  /** Takes these objects instead, checking their ids. @throws KustomizeError */
  reset(objects: Iterable<BuildObject>): void {
    const list = [...objects];
    this.#objects = [];
    this.changed();
    this.appendAll(list);
  }

  /** Puts an object in the place of another. */
  replace(old: BuildObject, object: BuildObject): void {
    const index = this.#objects.indexOf(old);
    this.#objects[index] = object;
    this.changed();
  }

  /** Says that names or kinds may have changed. */
  changed(): void {
    this.#byKey = undefined;
    this.#byName = undefined;
  }

  /** Leaves out objects that patches have deleted or emptied. */
  dropEmpty(): void {
    const left = this.#objects.filter(({ node }) => !isNilOrEmpty(node));
    if (left.length === this.#objects.length) return;
    this.#objects = left;
    this.changed();
  }

  /** Objects that have or had this id. */
  withAnyId(id: ResId): BuildObject[] {
    return this.withAnyName(id.name).filter((object) => object.allIds().some((own) => sameId(id, own)));
  }

  /** Objects that have or had this name, in order. */
  withAnyName(name: string): BuildObject[] {
    if (this.#byName === undefined) {
      this.#byName = new Map();
      for (const object of this.#objects) addNames(this.#byName, object);
    }
    return (this.#byName.get(name) ?? []).filter(({ node }) => !isNilOrEmpty(node));
  }

  /** How many objects have a key now, asked of all of them. */
  countKeys(): Map<string, number> {
    const counts = new Map<string, number>();
    for (const object of this.#objects) {
      if (isNilOrEmpty(object.node)) continue;
      const key = object.key();
      counts.set(key, (counts.get(key) ?? 0) + 1);
    }
    return counts;
  }

  #keys(): Map<string, BuildObject> {
    this.#byKey ??= new Map(
      this.#objects.filter(({ node }) => node !== undefined).map((object) => [object.key(), object]),
    );
    return this.#byKey;
  }
}

function addNames(index: Map<string, BuildObject[]>, object: BuildObject): void {
  const names = new Set(object.previous.map(({ name }) => name)).add(object.name);
  for (const name of names) {
    const list = index.get(name);
    if (list === undefined) index.set(name, [object]);
    else list.push(object);
  }
}

function duplicate(object: BuildObject, other: BuildObject): KustomizeError {
  return new KustomizeError(`may not add resource with an already registered id: ${formatId(object.currentId())}`, {
    position: { file: object.origin },
    hint: `it is in "${other.origin}" too`,
  });
}
