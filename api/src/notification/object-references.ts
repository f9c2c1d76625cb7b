import { mapOf, object, oneOf, required, text, type RequiredField, type Schema } from "../schema.ts";

/** Kinds whose events can be alerted on, and which a webhook can wake. */
export const referredKinds = [
  "Bucket",
  "GitRepository",
  "Kustomization",
  "HelmRelease",
  "HelmChart",
  "HelmRepository",
  "ImageRepository",
  "ImagePolicy",
  "ImageUpdateAutomation",
  "OCIRepository",
  "ArtifactGenerator",
  "ExternalArtifact",
] as const;

/** Objects of a kind: one by name, or with `*` all of a namespace, or those with labels. */
export interface CrossNamespaceObjectReference {
  apiVersion?: string;
  kind: (typeof referredKinds)[number];
  name: string;
  namespace?: string;
  /** Only with the name `*`. */
  matchLabels?: Record<string, string>;
}

type Kind = CrossNamespaceObjectReference["kind"];

/** Schemas of the fields of a {@link CrossNamespaceObjectReference}. */
interface CrossNamespaceReferenceFields {
  apiVersion: Schema<string>;
  kind: RequiredField<Kind>;
  matchLabels: Schema<Record<string, string>>;
  name: RequiredField<string>;
  namespace: Schema<string>;
}

/** Fields of a {@link CrossNamespaceObjectReference}. */
export const crossNamespaceReferenceFields: CrossNamespaceReferenceFields = {
  apiVersion: text({ description: "API version of the object." }),
  kind: required(oneOf(referredKinds, { description: "Kind of the object." })),
  matchLabels: mapOf(text(), { description: "Labels that the objects must have; only with the name `*`." }),
  name: required(text({ description: "Name of the object, or `*` for all.", minLength: 1, maxLength: 253 })),
  namespace: text({ description: "Namespace of the object; the own one unless given.", minLength: 1, maxLength: 253 }),
};

/** Schema of {@link CrossNamespaceObjectReference}. */
export const crossNamespaceReference: Schema<CrossNamespaceObjectReference> =
  object<CrossNamespaceObjectReference>(crossNamespaceReferenceFields);
