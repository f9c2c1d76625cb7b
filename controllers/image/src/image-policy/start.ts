import type { ImagePolicy } from "@eddy/api";
import { createHostBudget } from "@eddy/oci";
import { startController } from "@eddy/runtime/controller";
import { createRegistryPool } from "@eddy/runtime/registry-access";
import { createAccessPorts } from "../image/access-ports.ts";
import type { StartImageController } from "../start.ts";
import { imagePolicyController } from "./controller.ts";
import { repositoryRefOf } from "./find-repository.ts";
import type { Ports } from "./ports.ts";

/** Runs ImagePolicies. */
export const startImagePolicies: StartImageController = (environment, { hasWorkloadIdentity = false }, shared) => {
  const { caches, clock, settings } = environment;
  const { tags } = shared;
  const registries = createRegistryPool({ clock, budget: (shared.budget ??= createHostBudget({ clock })) });
  const ports: Ports = {
    ...createAccessPorts(environment, hasWorkloadIdentity),
    caches,
    tags,
    registries,
    noCrossNamespaceRefs: settings.noCrossNamespaceRefs,
  };
  const handle = startController(imagePolicyController, ports, environment);
  // After a restart a scan finds what it had found: nothing of the ImageRepository changes that a watch could tell.
  const unsubscribe = tags.onFilled((repository) => {
    for (const policy of caches.of<ImagePolicy>(imagePolicyController.kind).list()) {
      const ref = repositoryRefOf(policy);
      const { name, namespace = "" } = policy.metadata;
      if (`${ref.namespace}/${ref.name}` === repository) handle.request({ namespace, name }, "event", repository);
    }
  });
  return {
    ...handle,
    async stop() {
      unsubscribe();
      await handle.stop();
      registries.close();
    },
  };
};
