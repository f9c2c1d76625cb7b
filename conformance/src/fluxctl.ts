import { run } from "./fluxctl/run.ts";
import type { Suite } from "./suite.ts";

/** fluxctl's verbs on a real kube-apiserver with its controller manager, by the real command. */
export const suite: Suite = {
  name: "fluxctl",
  summary: "list-images, release, lock, automate and ci release, from Git to the rollout, on the real kube-apiserver",
  run,
};
