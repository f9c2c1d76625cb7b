import { imagePolicyKind, imageUpdateAutomationKind, type ImagePolicy, type ImageUpdateAutomation } from "@eddy/api";
import { createCloudLogin, createTokenCache } from "@eddy/cloud";
import { deepEqual } from "@eddy/core/json";
import { formatObjectName, refOf } from "@eddy/core/object";
import { startController } from "@eddy/runtime/controller";
import { createSecretStore } from "@eddy/runtime/registry-access";
import { createServiceAccounts } from "@eddy/runtime/workload-identity";
import type { StartImageController } from "../start.ts";
import { imageUpdateController } from "./controller.ts";

/** Runs ImageUpdateAutomations; a policy that chooses another image asks for a pass over those of its namespace. */
export const startImageUpdateAutomations: StartImageController = (environment, options) => {
  const { kube, caches, clock, masker, settings } = environment;
  const { hasWorkloadIdentity = false, gitCacheDir, ssh } = options;
  const login = createCloudLogin({
    clock,
    onSecret: (secret) => masker.register(secret),
    ...(hasWorkloadIdentity ? { serviceAccounts: createServiceAccounts(kube) } : {}),
  });
  const ports = {
    kube,
    caches,
    clock,
    masker,
    login,
    hasWorkloadIdentity,
    secrets: createSecretStore(kube, caches),
    codeCommit: createTokenCache({ clock }),
    unmarked: new Set<string>(),
    noCrossNamespaceRefs: settings.noCrossNamespaceRefs,
    git: { ...(gitCacheDir === undefined ? {} : { cacheDir: gitCacheDir }), ...(ssh ? { ssh } : {}) },
  };
  const handle = startController(imageUpdateController, ports, environment);
  const own = caches.of<ImageUpdateAutomation>(
    imageUpdateAutomationKind,
    settings.labelSelector === "" ? {} : { labelSelector: settings.labelSelector },
  );
  // They say what is to be done, and make no new generation.
  const unsubscribeOwn = own.subscribe(({ before, after }) => {
    if (!before || !after || deepEqual(settingsOf(before), settingsOf(after))) return;
    const { namespace = "", name } = after.metadata;
    handle.request({ namespace, name }, "event", "annotations");
  });
  const unsubscribe = caches.of<ImagePolicy>(imagePolicyKind).subscribe(({ before, after }) => {
    const policy = after ?? before;
    if (!policy || deepEqual(whatCounts(before), whatCounts(after))) return;
    const because = formatObjectName(refOf(policy));
    for (const { metadata } of own.list()) {
      if (metadata.namespace === policy.metadata.namespace)
        handle.request({ namespace: metadata.namespace ?? "", name: metadata.name }, "event", because);
    }
  });
  return {
    ...handle,
    async stop() {
      unsubscribe();
      unsubscribeOwn();
      await handle.stop();
    },
  };
};

/** The annotations of Eddy's own. */
function settingsOf({ metadata }: ImageUpdateAutomation): unknown {
  return Object.entries(metadata.annotations ?? {}).filter(([key]) => key.startsWith("eddy.sh/"));
}

/** Of a policy: what it has chosen, and what selectors look at. */
function whatCounts(policy: ImagePolicy | undefined): unknown {
  return policy?.status?.latestRef && { image: policy.status.latestRef, labels: policy.metadata.labels };
}
