import { compareText } from "@eddy/core/json";
import { KustomizeError } from "../error.ts";
import { encodeGoJson } from "../node/go-json.ts";
import type { BuildObject } from "../resource/build-object.ts";
import type { Transformer } from "../transformers/transformer.ts";
import type { Accumulator } from "./accumulator.ts";

/** Runs a validator, which is a transformer that may change nothing but one label. @throws KustomizeError where it does */
export function validate(all: Accumulator, plugin: BuildObject, run: Transformer, file: string): void {
  const before = snapshot(all);
  run(all.objects);
  if (before === snapshot(all)) return;
  throw new KustomizeError(`validator shouldn't modify the resource map: ${plugin.kind} ${plugin.name}`, {
    position: { file, field: "validators" },
  });
}

const validatedBy = "validated-by";

/** All objects as text, in the order of their ids, without the label that validators may set. */
function snapshot(all: Accumulator): string {
  const texts = all.objects.objects.map((object) => {
    const value = structuredClone(object.toObject());
    if (value.metadata.labels !== undefined) {
      delete value.metadata.labels[validatedBy];
      if (Object.keys(value.metadata.labels).length === 0) delete value.metadata.labels;
    }
    return encodeGoJson(value as unknown as Parameters<typeof encodeGoJson>[0]);
  });
  return texts.sort(compareText).join("\n");
}
