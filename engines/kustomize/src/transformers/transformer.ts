import type { ObjectSet } from "../resource/object-set.ts";

/** Changes the objects of a set in place. Throws KustomizeError. */
export type Transformer = (set: ObjectSet) => void;
