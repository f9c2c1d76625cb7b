import { isObject, type JsonObject } from "@eddy/core/json";
import type { ObjectKey } from "@eddy/kube";
import { hasReason, type KubeClient } from "@eddy/kube";
import { diffMergePatch } from "./merge-patch.ts";
import type { ReconcilableObject, ReconcilableStatus } from "./object.ts";

/** Writes one object's status, one patch at a time. */
export interface StatusWriter<T extends ReconcilableObject> {
  /**
   * Brings the server's status to `desired` by a merge patch on `/status` with the fields that differ from the last
   * known one; no difference, no request. An object that is gone is no error. Resolves with the object as written, or
   * undefined when nothing was. A difference in these members only is none.
   */
  write(desired: ReconcilableStatus, ignored?: readonly string[]): Promise<T | undefined>;
}

/** Options of {@link createStatusWriter}. */
export interface StatusWriterOptions<T extends ReconcilableObject> {
  kube: KubeClient;
  key: ObjectKey;
  fieldManager: string;
  /** The newest known object. */
  object: T;
  /** Hears of each written object. */
  onWritten(object: T): void;
}

/**
 * A writer that knows the status of `object`. It sends no resourceVersion: one process writes these statuses (leader
 * election), and foreign conditions are in the newest known object.
 */
export function createStatusWriter<T extends ReconcilableObject>(options: StatusWriterOptions<T>): StatusWriter<T> {
  const { kube, key, fieldManager, onWritten } = options;
  let known: JsonObject = isObject(options.object.status) ? options.object.status : {};
  let last: Promise<unknown> = Promise.resolve();
  const send = async (desired: ReconcilableStatus, ignored: readonly string[]): Promise<T | undefined> => {
    const status = diffMergePatch(known, desired as JsonObject);
    if (!status || Object.keys(status).every((member) => ignored.includes(member))) return undefined;
    try {
      const written = await kube.patch<T>(key, "merge", { status }, { subresource: "status", fieldManager });
      known = isObject(written.status) ? written.status : {};
      onWritten(written);
      return written;
    } catch (error) {
      if (hasReason(error, "NotFound")) return undefined;
      throw error;
    }
  };
  return {
    write(desired, ignored = []) {
      const sent = last.then(() => send(desired, ignored));
      last = sent.catch(() => undefined);
      return sent;
    },
  };
}
