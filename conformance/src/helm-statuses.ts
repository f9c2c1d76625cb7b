import { helmGroup } from "@eddy/api";
import { startHelmController } from "@eddy/helm-controller";
import { compareStories } from "./compare-stories.ts";
import { Hand } from "./helm-statuses/hand.ts";
import { stories } from "./helm-statuses/stories.ts";
import type { Suite } from "./suite.ts";

/** The same is done to HelmReleases of Flux's helm-controller and of ours. */
export const suite: Suite = compareStories({
  name: "helm-statuses",
  summary: "statuses, events and released objects against Flux's helm-controller, step by step",
  program: "helm-controller",
  group: helmGroup,
  start: (environment, artifacts) => startHelmController(environment, { artifacts }),
  hand: (...args) => new Hand(...args),
  stories,
});
