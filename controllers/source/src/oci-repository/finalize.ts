import type { OCIRepository } from "@eddy/api";
import type { Outcome, Run } from "@eddy/runtime/controller";
import { ownerKey } from "../source/owner.ts";
import { finalizeSource } from "../storage/finalize.ts";
import type { Ports } from "./ports.ts";

/** Closes the deleted OCIRepository's client, and removes its artifacts. */
export async function finalizeOCIRepository(run: Run<OCIRepository>, ports: Ports): Promise<Outcome<OCIRepository>> {
  ports.registries.release(ownerKey(run.object));
  return finalizeSource(run, ports);
}
