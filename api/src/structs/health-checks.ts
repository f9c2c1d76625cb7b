import { list, object, required, text, type Schema } from "../schema.ts";

/** How the health of objects of a kind is told, in CEL over the object's root fields. Without `kind`: of the whole API version. */
export interface CustomHealthCheck {
  apiVersion: string;
  kind?: string;
  current: string;
  inProgress?: string;
  failed?: string;
}

/** Schema of {@link CustomHealthCheck}[]. */
export const healthCheckExprsSchema: Schema<CustomHealthCheck[]> = list(
  object<CustomHealthCheck>({
    apiVersion: required(text({ description: "API version of the custom kind." })),
    current: required(text({ description: "CEL expression that is true when the object is ready." })),
    failed: text({ description: "CEL expression that is true when the object has failed." }),
    inProgress: text({ description: "CEL expression that is true while the object is getting ready." }),
    kind: text({ description: "The custom kind; every kind of the API version unless given." }),
  }),
  { description: "How the health of custom kinds is told." },
);
