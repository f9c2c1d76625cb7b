import { createMasker } from "@eddy/core/secrets";
import { createImageRegistry, type ImageRegistry } from "@eddy/release-controller";
import { createDataStore } from "@eddy/runtime/data";
import type { CommandContext } from "../command/context.ts";

/** Asks registries as the workloads would pull, with what the person may read of their Secrets. */
export async function openImageRegistry({
  kube,
  clock,
}: Pick<CommandContext, "kube" | "clock">): Promise<ImageRegistry> {
  const client = await kube();
  const masker = createMasker();
  const data = createDataStore({ kube: client, masker });
  const secrets = {
    read: (namespace: string, name: string) => data.require({ group: "", kind: "Secret", namespace, name }),
  };
  return createImageRegistry({ kube: client, secrets, masker, clock });
}
