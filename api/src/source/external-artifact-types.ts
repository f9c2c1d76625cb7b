import type { Condition } from "@eddy/core/conditions";
import type { KubeObject, ObjectMeta } from "@eddy/core/object";
import type { Artifact } from "../structs/artifact.ts";
import type { NamespacedObjectKindReference } from "../structs/references.ts";

/** An artifact that somebody else than a source controller makes; its producer writes its status. */
export interface ExternalArtifact extends KubeObject {
  apiVersion: "source.toolkit.fluxcd.io/v1";
  kind: "ExternalArtifact";
  metadata: ObjectMeta;
  spec?: { sourceRef?: NamespacedObjectKindReference };
  status?: { artifact?: Artifact; conditions?: Condition[] };
}
