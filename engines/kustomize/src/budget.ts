import type { Json } from "@eddy/core/json";
import type { Node } from "@eddy/goyaml";
import { KustomizeError } from "./error.ts";
import type { BuildLimits } from "./options.ts";

/** Steps that it takes to ask whether a field spec is for an object. */
export const stepsPerSpec = 4;

/** What a node or a JSON value counts beside its text: about what it takes of memory. */
export const elementSize = 64;

/** Steps that it takes to parse a byte of YAML. */
export const stepsPerByte = 16;

/** Steps that it takes to put an object into a set, or to ask whether a transformer is for it. */
export const stepsPerObject = 64;

/** A build that asks for more than its budget has. */
export class BudgetError extends KustomizeError {
  /** The same refusal, in a file or folder. */
  in(file: string): BudgetError {
    const { message, hint, position } = this;
    return new BudgetError(message, {
      position: { ...position, file },
      cause: this,
      ...(hint === undefined ? {} : { hint }),
    });
  }
}

/**
 * What one build may do beyond reading its files once, made anew for each build and handed through. Without it a kilobyte of
 * text that doubles itself, or is walked twice at every level, ends or blocks the process. It counts what is done, never time,
 * so the same files are always judged the same. What is spent stays spent: a step that swallows the refusal meets the next one.
 */
export class BuildBudget {
  readonly limits: BuildLimits;
  #kustomizations = 0;
  #written = 0;
  #steps = 0;

  constructor(limits: BuildLimits) {
    this.limits = limits;
  }

  /** Counts a kustomization that is loaded, each time. @throws BudgetError */
  loadKustomization(directory: string): void {
    const { maxKustomizations } = this.limits;
    if (++this.#kustomizations <= maxKustomizations) return;
    throw new BudgetError(
      `load the kustomization in "${directory}": the build has loaded ${maxKustomizations} kustomizations already, which is the limit`,
      {
        position: { file: directory },
        hint: "look for bases or components that are named several times at each level",
      },
    );
  }

  /** Refuses a text for one field that no object could hold. @throws BudgetError */
  checkText(length: number): void {
    const { maxTextLength } = this.limits;
    if (length <= maxTextLength) return;
    throw new BudgetError(`write a field: its text has ${length} characters, ${maxTextLength} are allowed`, {
      hint: "no object of this size can be applied: look for replacements, vars or prefixes that repeat a text",
    });
  }

  /** Counts a text that a transformer makes for one field. @throws BudgetError */
  writeText(length: number): void {
    this.checkText(length);
    this.write(length);
  }

  /** Counts what is added to objects: characters, an element as {@link sizeOfNode} says. @throws BudgetError */
  write(size: number, file?: string): void {
    const { maxWritten } = this.limits;
    this.#written += size;
    if (this.#written <= maxWritten) return;
    throw new BudgetError(`change objects: the build writes more than ${maxWritten} characters, which is the limit`, {
      ...at(file),
      hint: "look for replacements, patches, aliases or generators that copy large fields, or build fewer objects at once",
    });
  }

  /** Counts work in steps of some ten nanoseconds. @throws BudgetError */
  step(count: number, file?: string): void {
    this.#steps += count;
    if (this.#steps <= this.limits.maxSteps) return;
    throw new BudgetError(
      `change objects: the build takes more than ${this.limits.maxSteps} steps, which is the limit`,
      { ...at(file), hint: "build fewer objects at once, or with fewer patches, replacements and layers" },
    );
  }

  /** What has been spent so far. */
  get spent(): { kustomizations: number; written: number; steps: number } {
    return { kustomizations: this.#kustomizations, written: this.#written, steps: this.#steps };
  }
}

function at(file: string | undefined): { position?: { file: string } } {
  return file === undefined ? {} : { position: { file } };
}

/** The texts of a node and all below it, and 64 for each of them. */
export function sizeOfNode({ content, value }: Node): number {
  let size = elementSize + value.length;
  for (const child of content) size += sizeOfNode(child);
  return size;
}

/** As {@link sizeOfNode}, of a JSON value. */
export function sizeOfJson(value: Json | undefined): number {
  if (typeof value === "string") return elementSize + value.length;
  if (typeof value !== "object" || value === null) return elementSize;
  let size = elementSize;
  if (Array.isArray(value)) for (const item of value) size += sizeOfJson(item);
  else for (const key of Object.keys(value)) size += elementSize + key.length + sizeOfJson(value[key]);
  return size;
}
