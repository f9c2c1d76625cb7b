import type { Condition } from "@eddy/core/conditions";
import { integer, list, object, oneOf, required, text, type Schema } from "../schema.ts";

/** What the status of every reconciled kind has. */
export interface ReconciledStatus {
  /** Generation of the spec last handled; -1 before the first pass. */
  observedGeneration?: number;
  conditions?: Condition[];
  /** The last value of `reconcile.fluxcd.io/requestedAt` that was handled. */
  lastHandledReconcileAt?: string;
}

/** `status` before the first pass: kstatus and dashboards read -1 as "not seen yet". */
export const unobservedStatus: { observedGeneration: number } = { observedGeneration: -1 };

/** Schema of `status.conditions`. Source: metav1.Condition. */
export const conditionsSchema: Schema<Condition[]> = list(
  object<Condition>({
    lastTransitionTime: required(text({ description: "When the condition last changed.", format: "date-time" })),
    message: required(text({ description: "Details for a person; may be empty.", maxLength: 32_768 })),
    observedGeneration: integer({
      description: "Generation of the spec that the condition was decided for.",
      minimum: 0,
    }),
    reason: required(
      text({
        description: "One word, in CamelCase, for the last change.",
        maxLength: 1_024,
        minLength: 1,
        pattern: "^[A-Za-z]([A-Za-z0-9_,:]*[A-Za-z0-9_])?$",
      }),
    ),
    status: required(oneOf(["True", "False", "Unknown"], { description: "True, False or Unknown." })),
    type: required(
      text({
        description: "Type of the condition, in CamelCase.",
        maxLength: 316,
        pattern:
          "^([a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*/)?(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])$",
      }),
    ),
  }),
  { description: "What is known of the object's state." },
);

/** Schemas of {@link ReconciledStatus}, to spread into a kind's status. */
export const reconciledStatusFields: {
  observedGeneration: Schema<number>;
  conditions: Schema<Condition[]>;
  lastHandledReconcileAt: Schema<string>;
} = {
  observedGeneration: integer({ description: "Generation of the spec last handled." }),
  conditions: conditionsSchema,
  lastHandledReconcileAt: text({
    description: "The last value of the annotation `reconcile.fluxcd.io/requestedAt` that was handled.",
  }),
};
