import { volumes } from "../frame/resources.ts";
import { isDeleted, modify, writeStatus, type Controller } from "../frame/world.ts";

const protection = "kubernetes.io/pv-protection";

/** Says of volumes without a claim that they are available, and lets deleted ones go. */
export const volumeController: Controller = {
  name: "volume",
  resource: volumes,
  watches: [],
  concerns: () => [],
  reconcile(_namespace, name, pass) {
    const volume = pass.access.get(volumes, "", name);
    if (!volume) return;
    if (isDeleted(volume)) {
      if (!volume.metadata.finalizers?.includes(protection)) return;
      modify(
        pass,
        volumes,
        volume,
        ({ metadata }) =>
          void (metadata.finalizers = (metadata.finalizers ?? []).filter((finalizer) => finalizer !== protection)),
      );
      return;
    }
    const { phase } = (volume["status"] ?? {}) as { phase?: string };
    const claimed = (volume["spec"] as { claimRef?: object } | undefined)?.claimRef !== undefined;
    if (!claimed && (phase === undefined || phase === "Pending"))
      writeStatus(pass, volumes, volume, { phase: "Available" });
  },
};
