import { run } from "./helm-cli/run.ts";
import type { Suite } from "./suite.ts";

/** Helm's command line and ours over the same files. */
export const suite: Suite = {
  name: "helm-cli",
  summary:
    "helm and eddy print the same: signed packages, JSONPath, values behind URLs, post-renderers, template with a cluster",
  run,
};
