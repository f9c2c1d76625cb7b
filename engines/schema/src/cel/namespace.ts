import type { Environment } from "@marcbachmann/cel-js";

/** Registers a name that functions hang on, such as `sets` in `sets.contains()`; the engine wants a class for each. */
export function registerNamespace(env: Environment, name: string, type: string): void {
  const Namespace = class {
    readonly name: string = name;
  };
  env.registerType(type, Namespace);
  env.registerConstant(name, type, new Namespace());
}
