import type { Measurement } from "./measurement.ts";
import type { Peer } from "./world/peers.ts";

/** The same work for whichever peer. */
export interface Scenario {
  summary: string;
  /** Only Eddy is measured: the peer has no such thing, or would take too long. */
  eddyOnly?: boolean;
  /** Flux with helm-controller beside the others. */
  withHelm?: boolean;
  /** Flux with the controllers of images and of webhooks. */
  withImages?: boolean;
  run(peer: Peer): Promise<Measurement[]>;
}

/** Every bench by name. A new one is one file and one line here. */
export const scenarios: Readonly<Record<string, Scenario>> = {
  reaction: {
    summary: "one commit of one app, asked for, found by interval, and an edit by hand undone",
    run: async (peer) => (await import("./scenarios/reaction.ts")).reaction(peer),
  },
  hundred: {
    summary: "100 Kustomizations of six objects from one repository",
    run: async (peer) => (await import("./scenarios/many-kustomizations.ts")).manyKustomizations(peer, 100),
  },
  thousand: {
    summary: "1,000 Kustomizations of six objects from one repository",
    eddyOnly: true,
    run: async (peer) => (await import("./scenarios/many-kustomizations.ts")).manyKustomizations(peer, 1_000),
  },
  wait: {
    summary: "100 Kustomizations that wait for a Deployment each, as in Flux's own benchmark",
    run: async (peer) => (await import("./scenarios/wait.ts")).wait(peer),
  },
  idle: {
    summary: "1,000 unchanged Kustomizations with an interval of ten minutes, for eleven minutes",
    eddyOnly: true,
    run: async (peer) => (await import("./scenarios/idle.ts")).idle(peer),
  },
  helm: {
    summary: "50 HelmReleases of a small chart from one HTTP repository",
    withHelm: true,
    run: async (peer) => (await import("./scenarios/many-helm-releases.ts")).manyHelmReleases(peer),
  },
  "helm-render": {
    summary: "real charts rendered in process, warm",
    run: async (peer) => (await import("./scenarios/helm-render.ts")).helmRender(peer),
  },
  kustomize: {
    summary: "kustomize build of synthetic and real overlays, warm",
    run: async (peer) => (await import("./scenarios/kustomize.ts")).kustomize(peer),
  },
  images: {
    summary:
      "a registry's webhook to the commit and the changed object; 200 image repositories of 1,000 tags, and one of 50,000",
    withImages: true,
    run: async (peer) => (await import("./scenarios/images.ts")).images(peer),
  },
  webhooks: {
    summary: "a webhook's way to its answer, alone and among 10,000 forged ones a second, and to the changed object",
    eddyOnly: true,
    run: async (peer) => (await import("./scenarios/webhooks.ts")).webhooks(peer),
  },
  start: {
    summary: "npm start and the command line",
    eddyOnly: true,
    run: async () => (await import("./scenarios/start.ts")).start(),
  },
};
