import { refKey, type KubeObject } from "@eddy/core/object";
import type { ObjectKey } from "@eddy/kube";
import type { OriginPorts } from "@eddy/runtime/source-write";

/** Reads every object once: the workloads of a namespace have few Kustomizations between them. For one pass. */
export function rememberingReads(kube: OriginPorts): OriginPorts {
  const known = new Map<string, Promise<KubeObject>>();
  return {
    get<T extends KubeObject>(key: ObjectKey): Promise<T> {
      const name = refKey(key);
      const read = known.get(name) ?? kube.get(key);
      known.set(name, read);
      return read as Promise<T>;
    },
  };
}
