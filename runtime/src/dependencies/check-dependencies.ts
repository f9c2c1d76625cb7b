import type { Clock } from "@eddy/core/clock";
import { messageOf } from "@eddy/core/errors";
import { formatObjectName, refKey, type KubeObject, type ObjectRef } from "@eddy/core/object";
import type { Masker } from "@eddy/core/secrets";
import { hasReason, type KubeClient } from "@eddy/kube";
import type { CelProgram } from "@eddy/schema";
import { StepError, type Caches } from "../controller/index.ts";
import { statusBy, type Expressions } from "../health/index.ts";
import { dependenciesOf, type Dependant, type Dependency } from "./dependency.ts";
import { describeCycle, findCycle } from "./find-cycle.ts";
import { readForeign } from "./read-foreign.ts";

/** Flags that dependencies obey. Source: Flux spec 3.4, 3.6. */
export interface DependencySettings {
  /** `--no-cross-namespace-refs`: holds for foreign kinds; upstream lets the known ones be of any namespace. */
  noCrossNamespaceRefs: boolean;
  /** `--default-service-account`. */
  defaultServiceAccount: string;
  /** `--requeue-dependency`. */
  requeueDependencyMs: number;
  /** Gate `AdditiveCELDependencyCheck`: a dependency with a `readyExpr` must be ready besides. */
  additiveDependencyCheck: boolean;
}

/** What reading dependencies needs. */
export interface DependencyPorts {
  kube: KubeClient;
  caches: Caches;
  clock: Clock;
  masker: Masker;
  expressions: Pick<Expressions, "readiness">;
  settings: DependencySettings;
}

/** A controller's own rules and words for the kinds that it knows. */
export interface DependencyRules {
  /** Why a dependency does not count as ready, as `is not ready`; undefined when it does. Pure. */
  determineUnreadiness(dependency: KubeObject): string | undefined;
  /** What the condition says of a dependency, `namespace/name`, that is not there. */
  describeMissing(name: string, detail: string): string;
  /** What the event says; default: what the condition says. */
  eventMessage?: string;
}

/**
 * Passes when every dependency is ready, by its `readyExpr` or else by the controller's rules, and by kstatus where the kind is foreign.
 * Their readiness is watched: the dependant runs as soon as the last one is ready.
 * @throws StepError DependencyNotReady (waiting); AccessDenied (terminal) for a foreign one of another namespace under lockdown;
 * InvalidCELExpression (terminal)
 */
export async function checkDependencies(
  object: Dependant,
  rules: DependencyRules,
  ports: DependencyPorts,
): Promise<void> {
  const { requeueDependencyMs: retryAfterMs, additiveDependencyCheck } = ports.settings;
  const notReady = (message: string): StepError => {
    const event = rules.eventMessage === undefined ? {} : { eventMessage: rules.eventMessage };
    return new StepError("DependencyNotReady", message, { class: "waiting", retryAfterMs, ...event });
  };
  for (const dependency of dependenciesOf(object)) {
    const { ref, readyExpr, isForeign } = dependency;
    const describe = (detail: string): string => `terminal error: failed to evaluate dependency ${ref.name}: ${detail}`;
    const program = readyExpr ? await ports.expressions.readiness(readyExpr, describe) : undefined;
    const read = isForeign ? await readForeign(object, dependency, ports) : await readKnown(dependency, rules, ports);
    if ("problem" in read) throw notReady(read.problem);
    const found = read.object;
    const determineUnreadiness = isForeign ? unreadinessBy(ports.clock) : rules.determineUnreadiness;
    const problem =
      (program && evaluate(program, { self: object, dep: found }, notReady)) ??
      (!program || additiveDependencyCheck ? determineUnreadiness(found) : undefined);
    if (problem === undefined) continue;
    // What was just read is newer than what a cache has, and perhaps in none.
    const lookup = (other: ObjectRef): Dependant | undefined =>
      (refKey(other) === refKey(ref) ? found : ports.caches.get(other)) as Dependant | undefined;
    throw notReady(`dependency '${nameOf(found, isForeign)}' ${problem}${describeCycle(findCycle(object, lookup))}`);
  }
}

function nameOf({ kind, metadata: { name, namespace } }: KubeObject, isForeign: boolean): string {
  if (!isForeign) return `${namespace}/${name}`;
  return formatObjectName({ kind, name, ...(namespace ? { namespace } : {}) });
}

function unreadinessBy(clock: Clock): (object: KubeObject) => string | undefined {
  return (object) => {
    const status = statusBy(clock)(object);
    return status === "Current" ? undefined : `is not ready: status is '${status}'`;
  };
}

function evaluate(
  program: CelProgram,
  variables: { self: KubeObject; dep: KubeObject },
  notReady: (message: string) => StepError,
): string | undefined {
  try {
    return program.evaluate({ ...variables }) === true ? undefined : "is not ready according to readyExpr eval";
  } catch (error) {
    // A field that is not there yet.
    throw notReady(messageOf(error));
  }
}

async function readKnown(
  { ref }: Dependency,
  { describeMissing }: DependencyRules,
  { caches, kube }: DependencyPorts,
): Promise<{ object: KubeObject } | { problem: string }> {
  try {
    return { object: caches.get(ref) ?? (await kube.get(ref)) };
  } catch (error) {
    if (!hasReason(error, "NotFound")) throw error;
    return { problem: describeMissing(`${ref.namespace}/${ref.name}`, messageOf(error)) };
  }
}
