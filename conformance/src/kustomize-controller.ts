import { kustomizeGroup } from "@eddy/api";
import { startKustomizeController } from "@eddy/kustomize-controller";
import { compareStories } from "./compare-stories.ts";
import { Hand } from "./kustomize-controller/hand.ts";
import { stories } from "./kustomize-controller/stories.ts";
import type { Suite } from "./suite.ts";

/** The same is done to Kustomizations of Flux's kustomize-controller and of ours. */
export const suite: Suite = compareStories({
  name: "kustomize-controller",
  summary: "statuses, events and applied objects against Flux's kustomize-controller, step by step",
  program: "kustomize-controller",
  group: kustomizeGroup,
  start: (environment, artifacts) => startKustomizeController(environment, { artifacts }),
  hand: (...args) => new Hand(...args),
  stories,
});
