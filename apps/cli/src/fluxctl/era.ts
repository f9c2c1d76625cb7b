import { EddyError } from "@eddy/core/errors";
import { parseWorkloadId, type WorkloadId } from "@eddy/release-controller";

/** Whose words and columns are printed: those of fluxctl 0.x, of 1.0 as its documentation has them, of 1.1 to 1.11, or of 1.12 and later. */
export type Era = "0.x" | "1.0" | "1.1" | "final";

/** What workloads are called. */
export type Noun = "service" | "controller" | "workload";

/** The eras that a person may name. */
export const eras: readonly Era[] = ["0.x", "1.0", "1.1", "final"];

/** The era of a noun, where nobody names one: each noun was typed when its transcripts were written. */
export function eraOf(noun: Noun, asked: Era | undefined): Era {
  return asked ?? (noun === "service" ? "0.x" : noun === "controller" ? "1.0" : "final");
}

/** Heading of the first column. */
export function headingOf(noun: Noun): string {
  return noun.toUpperCase();
}

/** How an era names a workload: `<namespace>/<name>` in 0.x. */
export function displayId(id: string, era: Era): string {
  if (era !== "0.x") return id;
  const { namespace, name } = parseWorkloadId(id, "");
  return `${namespace}/${name}`;
}

/** Workloads that were asked for, by whichever noun. */
export interface NamedWorkloads {
  readonly workload: readonly string[];
  readonly controller: readonly string[];
  readonly service: readonly string[];
}

/** The noun that was used; the newest where several were. */
export function nounOf({ controller, service, workload }: NamedWorkloads): Noun {
  if (workload.length > 0) return "workload";
  return controller.length > 0 ? "controller" : service.length > 0 ? "service" : "workload";
}

/** Reads the workloads of all nouns. @throws EddyError WORKLOAD_ID */
export function namedWorkloads(named: NamedWorkloads, namespace: string): WorkloadId[] {
  const others = [...named.workload, ...named.controller].map((text) => parseWorkloadId(text, namespace));
  return [...others, ...named.service.map((text) => parseService(text, namespace))];
}

/** A service is `<namespace>/<name>`, or what came after it. */
function parseService(text: string, namespace: string): WorkloadId {
  return parseWorkloadId(text, namespace, { withServices: true });
}

/** A Release is in the namespace of its workloads. @throws EddyError USAGE */
export function namespaceOfAll(ids: readonly WorkloadId[], namespace: string): string {
  const namespaces = [...new Set(ids.map((id) => id.namespace))];
  if (namespaces.length > 1)
    throw new EddyError("USAGE", `expected workloads of one namespace, got ${namespaces.join(", ")}`, {
      class: "terminal",
      hint: "release once for each namespace: who may is decided for each by itself",
    });
  return namespaces[0] ?? namespace;
}
