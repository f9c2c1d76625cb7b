import { type Clock, systemClock } from "@eddy/core/clock";
import { type FunctionTable, goFunction } from "../function.ts";
import { caseFunctions } from "./case-functions.ts";
import { certificateFunctions } from "./certificates.ts";
import { dateFunctions } from "./dates.ts";
import { defaultFunctions } from "./defaults.ts";
import { dictFunctions } from "./dicts.ts";
import { encodingFunctions } from "./encodings.ts";
import { flowFunctions } from "./flow.ts";
import { helmDurationFunctions } from "./helm-durations.ts";
import { jsonFunctions } from "./json.ts";
import { listFunctions } from "./lists.ts";
import { numberFunctions } from "./numbers.ts";
import { passwordFunctions } from "./passwords.ts";
import { pathFunctions } from "./paths.ts";
import type { Ports } from "./ports.ts";
import { randomFunctions } from "./random.ts";
import { type Randomness, systemRandomness } from "./randomness.ts";
import { reflectionFunctions } from "./reflection.ts";
import { regexpFunctions } from "./regexps.ts";
import { semverFunctions } from "./semver.ts";
import { stringFunctions } from "./strings.ts";
import { loadZone, utc } from "./time/zone.ts";
import { helm4TomlFunctions, tomlFunctions } from "./toml.ts";
import { urlFunctions } from "./urls.ts";
import { helm4YamlFunctions, yamlFunctions } from "./yaml.ts";

/** Options of {@link helmFunctions}. */
export interface HelmFunctionsOptions {
  /** Whose functions: Helm 3.22's or Helm 4.3's; `helm4` unless given. */
  dialect?: "helm3" | "helm4";
  /** What time it is; the machine's unless given. */
  clock?: Pick<Clock, "now">;
  /** Where random bytes come from; the machine's unless given. */
  randomness?: Randomness;
  /** Go's `Local`, by its name in the IANA database; UTC unless given, and where there is no such zone. */
  timeZone?: string;
  /** Answers getHostByName; without it the answer is "", as with Helm unless DNS is enabled. */
  resolveHost?: (name: string) => string;
}

/**
 * The functions that templates of a chart have besides text/template's own: sprig's without `env` and `expandenv`, and Helm's.
 * `include`, `tpl`, `required` and `lookup` are places that a renderer fills. Cheap; one table serves many renders.
 */
export function helmFunctions(options: HelmFunctionsOptions = {}): FunctionTable {
  const { dialect = "helm4", clock = systemClock, randomness = systemRandomness, timeZone = "UTC" } = options;
  const ports: Ports = {
    now: () => BigInt(Math.round(clock.now() * 1_000)) * 1_000n,
    local: loadZone(timeZone) ?? utc,
    random: randomness,
  };
  const resolve = options.resolveHost ?? ((): string => "");
  return {
    ...pureFunctions,
    ...dateFunctions(ports),
    ...randomFunctions(randomness),
    ...passwordFunctions(randomness),
    ...certificateFunctions(ports),
    ...(dialect === "helm4" ? helm4Functions : {}),
    getHostByName: goFunction(["string"], "string", (_, name) => resolve(name)),
  };
}

/** One line a family. */
const pureFunctions: FunctionTable = {
  ...stringFunctions,
  ...caseFunctions,
  ...defaultFunctions,
  ...numberFunctions,
  ...listFunctions,
  ...dictFunctions,
  ...reflectionFunctions,
  ...regexpFunctions,
  ...semverFunctions,
  ...urlFunctions,
  ...pathFunctions,
  ...encodingFunctions,
  ...jsonFunctions,
  ...yamlFunctions,
  ...tomlFunctions,
  ...flowFunctions,
};

/** What Helm 4 has and Helm 3 has not. */
const helm4Functions: FunctionTable = {
  ...helm4YamlFunctions,
  ...helm4TomlFunctions,
  ...helmDurationFunctions,
};
