import { emptyConfig, mergeConfigs, type TransformerConfig } from "../config/transformer-config.ts";
import { absorbObject } from "../resource/absorb-object.ts";
import type { BuildObject } from "../resource/build-object.ts";
import { ObjectSet } from "../resource/object-set.ts";
import { mergeVars, type VarSet } from "./vars.ts";

/** What a kustomization and all below it have gathered so far. */
export class Accumulator {
  readonly objects: ObjectSet;
  config: TransformerConfig = emptyConfig;
  readonly vars: VarSet = new Map();

  constructor(maxObjects: number) {
    this.objects = new ObjectSet(maxObjects);
  }

  /** Adds all that another has. @throws KustomizeError for ids, vars or field specs that conflict */
  merge(other: Accumulator): void {
    this.objects.appendAll(other.objects.objects);
    this.config = mergeConfigs(this.config, other.config);
    mergeVars(this.vars, other.vars.values());
  }

  /** Adds generated objects, which may merge with or replace those that are there. @throws KustomizeError */
  absorb(generated: readonly BuildObject[]): void {
    for (const object of generated) absorbObject(this.objects, object);
  }
}
