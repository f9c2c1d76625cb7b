import type { KubeObject } from "@eddy/core/object";
import type { LocalObjectReference } from "../structs/references.ts";
import type { CrossNamespaceObjectReference } from "./object-references.ts";

/** Which events go to which provider. Source: notification-controller api/v1beta3. */
export interface Alert extends KubeObject {
  spec: AlertSpec;
}

/** See {@link Alert}. */
export interface AlertSpec {
  providerRef: LocalObjectReference;
  /** `info` takes errors too. */
  eventSeverity?: "info" | "error";
  eventSources: CrossNamespaceObjectReference[];
  /** Expressions of RE2 of which one must match the message; none: all messages. */
  inclusionList?: string[];
  /** Expressions of RE2 of which none may match the message. */
  exclusionList?: string[];
  eventMetadata?: Record<string, string>;
  /** Older form of `eventMetadata.summary`. */
  summary?: string;
  suspend?: boolean;
}
