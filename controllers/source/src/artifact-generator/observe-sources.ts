import { originRevisionKey, sourceGroup, sourceReasons, type Artifact, type ArtifactGenerator } from "@eddy/api";
import { digestOf } from "@eddy/core/digest";
import { compareText } from "@eddy/core/json";
import type { ObjectRef } from "@eddy/core/object";
import { StepError } from "@eddy/runtime/controller";
import type { Source } from "../source/source.ts";
import type { Ports } from "./ports.ts";

/** A source by its alias, as it is now. */
export type ObservedSources = ReadonlyMap<string, Artifact>;

/** The references to the sources. */
export function sourceRefsOf({ metadata, spec }: ArtifactGenerator): ObjectRef[] {
  return spec.sources.map(({ kind, name, namespace }) => ({
    group: sourceGroup,
    kind,
    name,
    namespace: namespace ?? metadata.namespace ?? "",
  }));
}

/**
 * The artifacts of the sources.
 * @throws StepError SourceFetchFailed (waiting) where a source, or its artifact, is not there
 */
export function observeSources(object: ArtifactGenerator, { caches, requeueDependencyMs }: Ports): ObservedSources {
  const observed = new Map<string, Artifact>();
  const refs = sourceRefsOf(object);
  for (const [index, { alias }] of object.spec.sources.entries()) {
    const ref = refs[index];
    if (!ref) continue;
    const source = caches.get<Source>(ref);
    const artifact = source?.status?.artifact;
    if (artifact) observed.set(alias, artifact);
    else {
      const why = source
        ? `source '${ref.kind}/${ref.namespace}/${ref.name}' is not ready`
        : `${ref.kind}.${sourceGroup} "${ref.name}" not found`;
      throw new StepError(sourceReasons.sourceFetchFailed, `get sources failed: ${why}`, {
        class: "waiting",
        severity: "error",
        retryAfterMs: requeueDependencyMs,
      });
    }
  }
  return observed;
}

/** `sha256:<hex>` over what the sources are. Source: flux2.md 1.7, source-watcher `HashObservedSources`. */
export function hashSources(sources: ObservedSources): string {
  const parts = [...sources].map(
    ([alias, { digest, revision, url }]) => `${alias}=[digest=${digest},revision=${revision},url=${url}]`,
  );
  return digestOf(parts.sort(compareText).join("|"));
}

/** What an artifact was made from, as far as its source knows; else the source's own revision. */
export function originOf({ metadata, revision }: Artifact): string {
  return metadata?.[originRevisionKey] ?? revision;
}
