import type { Release } from "../record/release.ts";
import type { ServerSideApply } from "../requests.ts";

/** Whether the server applies; `auto` asks how an earlier revision was made. Pure. */
export function isServerSide(wanted: ServerSideApply, earlier: Pick<Release, "apply_method">): boolean {
  return wanted === "auto" ? earlier.apply_method === "ssa" : wanted === "true";
}
