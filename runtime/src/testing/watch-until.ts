import type { Clock } from "@eddy/core/clock";
import { EddyError } from "@eddy/core/errors";
import type { KubeObject, ObjectRef } from "@eddy/core/object";
import { reflect, type KubeClient } from "@eddy/kube";

const waitMs = 15_000;

/** Resolves when the object is as wanted; rejects with what it is instead when that takes too long. */
export async function watchUntil(
  kube: KubeClient,
  clock: Clock,
  ref: ObjectRef,
  accept: (object: KubeObject | undefined) => boolean,
): Promise<KubeObject | undefined> {
  const found = Promise.withResolvers<KubeObject | undefined>();
  let last: KubeObject | undefined;
  const look = (object: KubeObject | undefined): void => {
    last = object;
    if (accept(object)) found.resolve(object);
  };
  const reflection = reflect<KubeObject>(
    kube,
    { group: ref.group, kind: ref.kind },
    { namespace: ref.namespace, fieldSelector: `metadata.name=${ref.name}`, clock },
    (event) => look(event.type === "Deleted" ? undefined : event.object),
  );
  reflection.synced.then(
    () => look(reflection.store.get(ref.namespace, ref.name)),
    () => undefined,
  );
  const cancel = clock.after(waitMs, () =>
    found.reject(
      new EddyError("WAITED_TOO_LONG", `wait for ${ref.kind}/${ref.name}: it is ${JSON.stringify(last, null, 1)}`),
    ),
  );
  try {
    return await found.promise;
  } finally {
    cancel();
    reflection.stop();
  }
}
