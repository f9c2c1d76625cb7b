import { binaryFormat, jsonFormat } from "./json.ts";
import { dotenvFormat } from "./dotenv.ts";
import type { Format, FormatName } from "./format.ts";
import { iniFormat } from "./ini.ts";
import { yamlFormat } from "./yaml.ts";

/** Every format. A new one is one line here. */
const formats: Readonly<Record<FormatName, Format>> = {
  yaml: yamlFormat,
  json: jsonFormat,
  dotenv: dotenvFormat,
  ini: iniFormat,
  binary: binaryFormat,
};

/** The format of that name. */
export function formatNamed(name: FormatName): Format {
  return formats[name];
}

/** Whether a name is that of a format. */
export function isFormatName(name: string): name is FormatName {
  return Object.hasOwn(formats, name);
}

const byExtension: readonly [RegExp, FormatName][] = [
  [/\.ya?ml$/i, "yaml"],
  [/\.json$/i, "json"],
  [/\.env$/i, "dotenv"],
  [/\.ini$/i, "ini"],
];

/** The format of a file by its name: `binary` for what has no other. */
export function formatOfPath(path: string): FormatName {
  return byExtension.find(([extension]) => extension.test(path))?.[1] ?? "binary";
}
