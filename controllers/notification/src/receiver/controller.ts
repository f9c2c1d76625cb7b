import { fluxFinalizer, notificationControllerName, notificationGroup, type Receiver } from "@eddy/api";
import { defineController, type ControllerDefinition } from "@eddy/runtime/controller";
import { reconcileReceiver, type ReceiverPorts } from "./reconcile.ts";

/** Receivers: what they watch, and the pass. */
export const receiverController: ControllerDefinition<Receiver, ReceiverPorts> = defineController<
  Receiver,
  ReceiverPorts
>({
  kind: { group: notificationGroup, version: "v1", kind: "Receiver" },
  name: notificationControllerName,
  fieldManager: notificationControllerName,
  finalizer: fluxFinalizer,
  watches: [{ kind: { group: "", version: "v1", kind: "Secret" }, metadataOnly: true }],
  references({ metadata, spec }) {
    const name = spec.secretRef?.name;
    return name === undefined ? [] : [{ group: "", kind: "Secret", namespace: metadata.namespace ?? "", name }];
  },
  reconcile: reconcileReceiver,
});
