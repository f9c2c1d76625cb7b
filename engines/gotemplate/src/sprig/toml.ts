import { type FunctionTable, goFunction } from "../function.ts";
import { decodeToml } from "./toml/decode-toml.ts";
import { encodeToml } from "./toml/encode-toml.ts";
import { errorMap, orError } from "./yaml.ts";

/** Functions that read and write TOML. */
export const tomlFunctions: FunctionTable = {
  toToml: goFunction(["any"], "string", (_, value) =>
    orError(
      () => encodeToml(value),
      (message) => message,
    ),
  ),
  fromToml: goFunction(["string"], "map[string]any", (_, text) => orError(() => decodeToml(text), errorMap)),
};

/** Helm 4 has it too. */
export const helm4TomlFunctions: FunctionTable = {
  mustToToml: goFunction(["any"], "string", (_, value) => encodeToml(value)),
};
