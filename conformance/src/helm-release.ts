import { run } from "./helm-release/run.ts";
import type { Suite } from "./suite.ts";

/** Helm 3, Helm 4 and ours at work on one release, in turn. */
export const suite: Suite = {
  name: "helm-release",
  summary: "Helm 3, Helm 4 and Eddy take turns on releases, and leave what Helm alone leaves",
  run,
};
