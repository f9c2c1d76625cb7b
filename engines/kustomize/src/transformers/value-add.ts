import { load, type Node } from "@eddy/goyaml";
import { isObject } from "@eddy/core/json";
import { type BuildBudget, stepsPerObject } from "../budget.ts";
import { KustomizeError } from "../error.ts";
import { type Selector, selectorShape } from "../model/kustomization.ts";
import { decodeShape } from "../model/shape.ts";
import { plainScalar } from "../node/fields.ts";
import { requireKind } from "../node/kind-error.ts";
import { lookup } from "../node/lookup.ts";
import { splitPath } from "../node/path.ts";
import { setScalar } from "../node/set-field.ts";
import { selectObjects } from "../resource/select.ts";
import { setNamespace } from "./namespace.ts";
import type { Transformer } from "./transformer.ts";

/** Where a value goes. */
export interface ValueTarget {
  selector?: Selector;
  fieldPath?: string;
  /** From 1: where in the steps of a path the value is put; 0: it is the field. */
  filePathPosition?: number;
}

/** Sets a value, or the name of the kustomization's folder, in fields of objects. @throws KustomizeError */
export function addValues(
  text: string,
  inline: readonly ValueTarget[],
  loaded: { text: string; file: string } | undefined,
  root: string,
): Transformer {
  const value = text.trim() || root.slice(root.lastIndexOf("/") + 1);
  const targets = [...inline, ...(loaded === undefined ? [] : readTargets(loaded))];
  if (targets.length === 0)
    throw new KustomizeError("must specify at least one target", { position: { field: "targets" } });
  for (const { fieldPath, filePathPosition = 0 } of targets) {
    if (!fieldPath) throw new KustomizeError("fieldPath cannot be empty", { position: { field: "targets.fieldPath" } });
    if (filePathPosition < 0) {
      throw new KustomizeError(`value of FilePathPosition (${filePathPosition}) cannot be negative`, {
        position: { field: "targets" },
      });
    }
  }
  return (set) => {
    for (const target of targets) {
      set.budget.step(set.objects.length * stepsPerObject);
      const objects = target.selector === undefined ? set.objects : selectObjects(set, target.selector);
      for (const object of objects) {
        if (target.fieldPath === "metadata/namespace") {
          const options = { namespace: value, specs: [] };
          setNamespace(object.live, object.currentId().clusterScoped, options, set.budget);
        } else {
          setValue(object.live, target, value, set.budget);
        }
      }
      set.changed();
    }
  };
}

function readTargets({ text, file }: { text: string; file: string }): ValueTarget[] {
  const value = load(text, { file });
  const shape = {
    struct: {
      targets: {
        list: { struct: { selector: selectorShape, fieldPath: "string", filePathPosition: "integer" }, name: "Target" },
      },
    },
    name: "Targets",
  } as const;
  const read = decodeShape(isObject(value) ? value : {}, shape, {
    what: `read the targets "${file}"`,
    file,
    strict: false,
  });
  return (read as { targets?: ValueTarget[] }).targets ?? [];
}

function setValue(object: Node, target: ValueTarget, value: string, budget: BuildBudget): void {
  const node = lookup(object, splitPath(target.fieldPath ?? "", "/"), "scalar");
  if (node === undefined) return;
  requireKind(node, "scalar");
  const position = target.filePathPosition ?? 0;
  budget.writeText(position > 0 ? node.value.length + value.length : value.length);
  setScalar(node, plainScalar(position > 0 ? insertStep(node.value, position - 1, value) : value));
}

/** Puts a step into a path; the leading slash of an absolute one does not count. */
function insertStep(path: string, position: number, step: string): string {
  const isAbsolute = path.startsWith("/");
  const steps = path.split("/").filter((part) => part !== "");
  steps.splice(Math.min(position, steps.length), 0, step);
  return (isAbsolute ? "/" : "") + steps.join("/");
}
