import { controllerSuite } from "@eddy/kustomize-controller/testing";
import { controllerStories } from "./controller-stories.ts";
import type { Suite } from "./suite.ts";

/** The stories of `npm test` about Kustomizations, told to a real kube-apiserver. */
export const suite: Suite = controllerStories(
  "kustomizations",
  "apply, prune, drift, health, dependencies and killed processes on the real kube-apiserver",
  controllerSuite,
);
