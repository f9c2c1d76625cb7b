import type { GitRepository } from "@eddy/api";
import type { Outcome, Run } from "@eddy/runtime/controller";
import { ownerKey } from "../source/owner.ts";
import { finalizeSource } from "../storage/finalize.ts";
import type { Ports } from "./ports.ts";

/** Lets go of the deleted GitRepository's remote, and removes its artifacts. */
export async function finalizeGitRepository(run: Run<GitRepository>, ports: Ports): Promise<Outcome<GitRepository>> {
  ports.remotes.release(ownerKey(run.object));
  return finalizeSource(run, ports);
}
