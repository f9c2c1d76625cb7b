import type { Suite } from "./suite.ts";
import { run } from "./keel/run.ts";

/** Keel's example, webhooks and votes on a real kube-apiserver with its controller manager, by the real command. */
export const suite: Suite = {
  name: "keel",
  summary: "images that follow a registry by labels, and votes on them, on the real kube-apiserver",
  run,
};
