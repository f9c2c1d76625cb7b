import { originRevisionKey, type Artifact, type ArtifactGenerator, type OutputArtifact } from "@eddy/api";
import { memoryTree } from "@eddy/core/tree";
import { messageOf } from "@eddy/core/errors";
import { ignoreTree, sourceMatcher } from "@eddy/sourceignore";
import { applyCopy, type SourceTrees } from "./apply-copy.ts";
import { contentHash } from "./content-hash.ts";
import { externalArtifacts } from "./external-artifacts.ts";
import { originOf, type ObservedSources } from "./observe-sources.ts";
import type { Ports } from "./ports.ts";
import { createStaging } from "./staging.ts";

/** Only what is excluded of every artifact. */
const matcher = sourceMatcher(memoryTree({}));

/**
 * The artifact that copy operations make, stored. Content that is stored already keeps its time. Source: source-watcher
 * internal/builder, `setArtifactRevisions`.
 * @throws Error in upstream's words
 */
export async function buildArtifact(
  { metadata }: ArtifactGenerator,
  output: OutputArtifact,
  { trees, observed }: { trees: SourceTrees; observed: ObservedSources },
  ports: Pick<Ports, "artifacts" | "caches">,
): Promise<Artifact> {
  const staging = createStaging();
  for (const operation of output.copy) await copy(() => applyCopy(operation, trees, staging));
  const staged = staging.tree();
  const namespace = metadata.namespace ?? "";
  const { artifact, stored } = await ports.artifacts.put(
    { kind: "ExternalArtifact", namespace, name: output.name },
    {
      revision: output.revision ?? "",
      fileName: `${contentHash(staged, output.name)}.tar.gz`,
      tree: ignoreTree(staged, matcher),
    },
  );
  if (stored) throw new Error(`failed to create artifact: ${stored.message}`, { cause: stored });
  const made = withRevisions(artifact, output, observed);
  const cache = externalArtifacts(ports);
  await cache.synced;
  const known = cache.get(namespace, output.name)?.status?.artifact;
  return known?.digest === made.digest ? { ...made, lastUpdateTime: known.lastUpdateTime } : made;
}

async function copy(action: () => Promise<void>): Promise<void> {
  try {
    await action();
  } catch (cause) {
    throw new Error(`failed to apply copy operations: ${messageOf(cause)}`, { cause });
  }
}

function withRevisions(artifact: Artifact, output: OutputArtifact, observed: ObservedSources): Artifact {
  const follows = output.revision ? observed.get(output.revision.slice(1)) : undefined;
  const origin = output.originRevision ? observed.get(output.originRevision.slice(1)) : undefined;
  return {
    ...artifact,
    revision: follows?.revision ?? `latest@${artifact.digest}`,
    ...(origin ? { metadata: { [originRevisionKey]: originOf(origin) } } : {}),
  };
}
