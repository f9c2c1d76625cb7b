/** One version of a custom resource, ready to decode and validate objects. */
import type { JsonObject } from "@eddy/core/json";

export interface PrinterColumn {
  name: string;
  type: string;
  format?: string;
  description?: string;
  priority?: number;
  jsonPath: string;
}

/** A served version of a CRD. */
export interface CustomKind {
  /** Name of the CustomResourceDefinition. */
  crd: string;
  /** `spec.versions[].schema.openAPIV3Schema`, as stored. */
  openapi: JsonObject;
  hasStatus: boolean;
  scale: { specReplicasPath: string; statusReplicasPath: string; labelSelectorPath?: string } | undefined;
  columns: readonly PrinterColumn[];
  /** JSON paths of `spec.versions[].selectableFields`. */
  selectableFields: readonly string[];
  storageVersion: string;
}
