import { controllerSuite } from "@eddy/helm-controller/testing";
import { controllerStories } from "./controller-stories.ts";
import type { Suite } from "./suite.ts";

/** The stories of `npm test` about HelmReleases, told to a real kube-apiserver. */
export const suite: Suite = controllerStories(
  "helm-controller",
  "install, upgrade, failures, remediation, drift, tests and killed processes on the real kube-apiserver",
  controllerSuite,
);
