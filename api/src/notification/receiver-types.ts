import type { KubeObject } from "@eddy/core/object";
import type { LocalObjectReference } from "../structs/references.ts";
import type { ReconciledStatus } from "../structs/status.ts";
import type { CrossNamespaceObjectReference } from "./object-references.ts";

/** Senders of webhooks. Source: notification-controller api/v1. */
export const receiverTypes = [
  "generic",
  "generic-hmac",
  "generic-oidc",
  "github",
  "gitlab",
  "bitbucket",
  "harbor",
  "dockerhub",
  "quay",
  "gcr",
  "nexus",
  "acr",
  "cdevents",
] as const;

/** One of {@link receiverTypes}. */
export type ReceiverType = (typeof receiverTypes)[number];

/** A webhook that requests passes. */
export interface Receiver extends KubeObject {
  spec: ReceiverSpec;
  status?: ReceiverStatus;
}

/** See {@link Receiver}. */
export interface ReceiverSpec {
  type: ReceiverType;
  interval?: string;
  /** Names of events as the type has them; none: all. */
  events?: string[];
  resources: ReceiverResource[];
  /** CEL over `res`, `req` and `claims`. */
  resourceFilter?: string;
  secretRef?: LocalObjectReference;
  oidcProviders?: OidcProvider[];
  suspend?: boolean;
}

/** What a webhook wakes; `filter` is CEL as `resourceFilter`, for these alone. */
export interface ReceiverResource extends CrossNamespaceObjectReference {
  filter?: string;
}

/** An issuer of tokens, and what they must say. */
export interface OidcProvider {
  issuerURL: string;
  /** Default `notification-controller`. */
  audience?: string;
  variables?: { name: string; expression: string }[];
  validations: { expression: string; message: string }[];
}

/** See {@link Receiver}. */
export interface ReceiverStatus extends ReconciledStatus {
  /** `/hook/<hex>`. */
  webhookPath?: string;
}
