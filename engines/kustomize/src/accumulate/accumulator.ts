import type { BuildBudget } from "../budget.ts";
import { emptyConfig, mergeConfigs, stepsToMerge, type TransformerConfig } from "../config/transformer-config.ts";
import { absorbObject } from "../resource/absorb-object.ts";
import type { BuildObject } from "../resource/build-object.ts";
import { ObjectSet } from "../resource/object-set.ts";
import { mergeVars, type VarSet } from "./vars.ts";

/** What a kustomization and all below it have gathered so far. */
export class Accumulator {
  readonly objects: ObjectSet;
  config: TransformerConfig = emptyConfig;
  readonly vars: VarSet = new Map();

  constructor(budget: BuildBudget) {
    this.objects = new ObjectSet(budget);
  }

  /** Adds all that another has. @throws KustomizeError for ids, vars or field specs that conflict */
  merge(other: Accumulator): void {
    this.objects.appendAll(other.objects.objects);
    this.addConfig(other.config);
    mergeVars(this.vars, other.vars.values());
  }

  /** Adds fields for the transformers to touch. @throws KustomizeError for field specs that conflict */
  addConfig(config: TransformerConfig): void {
    this.objects.budget.step(stepsToMerge(this.config, config));
    this.config = mergeConfigs(this.config, config);
  }

  /** Adds generated objects, which may merge with or replace those that are there. @throws KustomizeError */
  absorb(generated: readonly BuildObject[]): void {
    for (const object of generated) absorbObject(this.objects, object);
  }
}
