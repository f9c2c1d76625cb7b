import type { Suite } from "./suite.ts";
import { run } from "./takeover/takeover.ts";

/** Flux's kustomize-controller and ours over one cluster, one after the other. */
export const suite: Suite = {
  name: "takeover",
  summary: "Eddy takes over a cluster from Flux and hands it back, and both say the same",
  run,
};
