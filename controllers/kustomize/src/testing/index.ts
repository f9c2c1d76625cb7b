/**
 * What Kustomizations must do on any API server: the same stories on the embedded and on a real control plane.
 *
 * Not unit tests. Entry point: {@link controllerSuite}.
 */
import type { KubeClient } from "@eddy/kube";
import { applyScenarios } from "./apply-scenarios.ts";
import { decryptionScenarios } from "./decryption-scenarios.ts";
import { dependencyScenarios } from "./dependency-scenarios.ts";
import { lifecycleScenarios } from "./lifecycle-scenarios.ts";
import { restScenarios } from "./rest-scenarios.ts";
import type { Scenario } from "./scenario.ts";
import { tenantScenarios } from "./tenant-scenarios.ts";
import { createWorld } from "./world.ts";

export type { Scenario } from "./scenario.ts";
export { createWorld, type World, type WorldOptions } from "./world.ts";

/** An API server to run against, as an admin. */
export interface SuiteServer {
  kube: KubeClient;
  /** The text of a kubeconfig for the same server, without paths of files. */
  kubeconfig: string;
}

/** One story, ready to be run: it rejects with an AssertionError where the controller does not do as it should. */
export interface SuiteCase {
  name: string;
  run(): Promise<void>;
}

const scenarios: readonly Scenario[] = [
  ...applyScenarios,
  ...decryptionScenarios,
  ...dependencyScenarios,
  ...lifecycleScenarios,
  ...restScenarios,
  ...tenantScenarios,
];

/** Every story, each in a namespace and with a controller of its own; `connectTo` is asked once for each. */
export function controllerSuite(connectTo: () => Promise<SuiteServer>): SuiteCase[] {
  return scenarios.map(({ name, run, settings = {} }) => ({
    name,
    async run() {
      const world = await createWorld({ ...(await connectTo()), settings });
      try {
        await run(world);
      } finally {
        await world.close();
      }
    },
  }));
}
