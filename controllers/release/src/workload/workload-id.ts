import { EddyError } from "@eddy/core/errors";

/** Names a workload as Flux v1 did: `<namespace>:<kind>/<name>`, kind in lower case. */
export interface WorkloadId {
  readonly namespace: string;
  /** Lower case. */
  readonly kind: string;
  readonly name: string;
}

const name = /^[A-Za-z0-9](?:[A-Za-z0-9.-]{0,251}[A-Za-z0-9])?$/;

/**
 * Reads `kind/name`, `namespace:kind/name`, and, where `withServices`, `namespace/name`, which was the form before there were kinds
 * and means the Deployment. Source: fluxcd/flux pkg/resource/id.go.
 * @throws EddyError WORKLOAD_ID (terminal).
 */
export function parseWorkloadId(
  text: string,
  namespace: string,
  { withServices = false }: { withServices?: boolean } = {},
): WorkloadId {
  const colon = text.indexOf(":");
  const [first = "", second = "", ...rest] = text.slice(colon + 1).split("/");
  const isService = withServices && colon < 0;
  const id = isService
    ? { namespace: first, kind: "deployment", name: second }
    : { namespace: colon < 0 ? namespace : text.slice(0, colon), kind: first.toLowerCase(), name: second };
  const isWhole = rest.length === 0 && name.test(id.namespace) && /^[a-z]{1,63}$/.test(id.kind) && name.test(id.name);
  if (isWhole) return id;
  const want = isService ? "<namespace>/<service>" : "<namespace>:<kind>/<name> or <kind>/<name>";
  throw new EddyError("WORKLOAD_ID", `read workload ${JSON.stringify(text)}: want ${want}`, { class: "terminal" });
}

/** `<namespace>:<kind>/<name>`. */
export function formatWorkloadId({ namespace, kind, name: own }: WorkloadId): string {
  return `${namespace}:${kind}/${own}`;
}
