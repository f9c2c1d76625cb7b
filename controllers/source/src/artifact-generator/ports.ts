import type { SourcePorts } from "../source/ports.ts";

/** What a pass over an ArtifactGenerator reaches the world through. */
export interface Ports extends SourcePorts {
  /** `--no-cross-namespace-refs`. */
  noCrossNamespaceRefs: boolean;
}
