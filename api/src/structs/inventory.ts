import { list, object, required, text, type Schema } from "../schema.ts";

/** The objects that were applied. */
export interface ResourceInventory {
  entries: ResourceRef[];
}

/** `id`: `<namespace>_<name>_<group>_<kind>`; `v`: the version of the API. */
export interface ResourceRef {
  id: string;
  v: string;
}

/** Schema of {@link ResourceInventory}. */
export const inventorySchema: Schema<ResourceInventory> = object<ResourceInventory>(
  {
    entries: required(
      list(
        object<ResourceRef>({
          id: required(text({ description: "`<namespace>_<name>_<group>_<kind>`." })),
          v: required(text({ description: "Version of the API." })),
        }),
        { description: "The objects." },
      ),
    ),
  },
  { description: "The objects that were applied." },
);
