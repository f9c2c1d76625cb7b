import type { OCIRepository } from "@eddy/api";
import type { SourcePorts } from "../source/ports.ts";
import { storeFile, storeTree, type StoredArtifact } from "../storage/store-artifact.ts";
import type { PulledLayer } from "./pull-layer.ts";
import type { ResolvedRevision } from "./resolve-revision.ts";

/** Stores the files without what is ignored, or the layer as it is. @throws StepError as `storeTree` does. */
export function storeLayer(
  object: OCIRepository,
  { revision, digest }: ResolvedRevision,
  { content, annotations }: PulledLayer,
  ports: Pick<SourcePorts, "artifacts">,
): Promise<StoredArtifact> {
  const hasMetadata = Object.keys(annotations).length > 0;
  const named = {
    revision,
    fileName: `${digest.slice(digest.indexOf(":") + 1)}.tar.gz`,
    ...(hasMetadata ? { metadata: { ...annotations } } : {}),
  };
  if ("bytes" in content) return storeFile(object, { ...named, bytes: content.bytes }, ports);
  return storeTree(object, { ...named, tree: content.tree }, object.spec.ignore, ports);
}
