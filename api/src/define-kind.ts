import { cloneJson, formatApiVersion, type KubeObject } from "@eddy/core/object";
import { defaultFields } from "./default-fields.ts";
import type { Kind, KindDefinition } from "./kind.ts";

/** Completes a kind's definition: singular name, storage version, and `decode`, which upgrades and then defaults. */
export function defineKind<T extends KubeObject>(definition: KindDefinition<T>): Kind<T> {
  const { upgrade = (object: KubeObject) => object, ...kind } = definition;
  const storage = kind.versions.find((version) => version.storage);
  if (!storage) throw new Error(`kind ${JSON.stringify(kind.kind)} stores no version`);
  return {
    ...kind,
    singular: kind.kind.toLowerCase(),
    storageVersion: storage.name,
    decode(object) {
      const upgraded = upgrade(cloneJson(object));
      upgraded.apiVersion = formatApiVersion({ group: kind.group, version: storage.name });
      upgraded.kind = kind.kind;
      defaultFields(upgraded, { properties: storage.members });
      return upgraded as T;
    },
  };
}
