import { systemClock } from "@eddy/core/clock";
import { type FunctionTable, helmFunctions, type Randomness, systemRandomness } from "@eddy/gotemplate";
import type { HelmDialect } from "../dialect.ts";
import type { RenderOptions } from "./options.ts";
import { chartFunctions } from "./template-functions.ts";

/** What the functions take from the world while a chart renders. */
interface Ports {
  readonly randomness: Randomness;
  readonly now: () => number;
}

const systemPorts: Ports = { randomness: systemRandomness, now: () => systemClock.now() };

/**
 * Parsed templates hold their functions, and outlive a render: so the functions ask for the ports of the render that is running.
 * Rendering is synchronous, so that there is one at a time, and one inside another gives the ports back.
 */
let running: Ports = systemPorts;

const tables: Readonly<Record<HelmDialect, FunctionTable>> = { helm3: tableOf("helm3"), helm4: tableOf("helm4") };

function tableOf(dialect: HelmDialect): FunctionTable {
  const randomness: Randomness = {
    bytes: (count) => running.randomness.bytes(count),
    get isSecret() {
      return running.randomness.isSecret;
    },
  };
  return { ...helmFunctions({ dialect, randomness, clock: { now: () => running.now() } }), ...chartFunctions };
}

/** The functions of a dialect's templates. */
export function functionsOf(dialect: HelmDialect): FunctionTable {
  return tables[dialect];
}

/** Runs a render with the ports of its options. */
export function withPorts<T>({ randomBytes, now }: RenderOptions, render: () => T): T {
  const outer = running;
  running = {
    randomness: randomBytes === undefined ? systemRandomness : { bytes: randomBytes, isSecret: false },
    now: now ?? systemPorts.now,
  };
  try {
    return render();
  } finally {
    running = outer;
  }
}
