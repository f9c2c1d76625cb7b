import { integer, mapOf, object, required, text, type Schema } from "../schema.ts";

/** A stored, immutable archive of a source. Times are RFC 3339. */
export interface Artifact {
  /** Relative to the storage root: `gitrepository/<namespace>/<name>/<sha>.tar.gz`. */
  path: string;
  /** Where it is served over HTTP. */
  url: string;
  /** `<branch>@sha1:<hex>`, `sha256:<hex>`, … */
  revision: string;
  /** `<algorithm>:<hex>` of the archive's bytes. */
  digest: string;
  lastUpdateTime: string;
  /** Bytes of the archive. */
  size?: number;
  metadata?: Record<string, string>;
}

/** Schema of {@link Artifact}. Source: fluxcd/pkg apis/meta. */
export function artifact(description: string): Schema<Artifact> {
  return object<Artifact>(
    {
      digest: required(
        text({
          description: "Digest of the archive, `<algorithm>:<hex>`.",
          pattern: "^[a-z0-9]+(?:[.+_-][a-z0-9]+)*:[a-zA-Z0-9=_-]+$",
        }),
      ),
      lastUpdateTime: required(text({ description: "When this revision was stored.", format: "date-time" })),
      metadata: mapOf(text(), { description: "What the upstream says about the revision, such as OCI annotations." }),
      path: required(text({ description: "Path of the archive below the storage root." })),
      revision: required(text({ description: "Revision that a person can trace: branch and commit, tag, digest." })),
      size: integer({ description: "Size of the archive in bytes." }),
      url: required(text({ description: "HTTP address of the archive within the cluster." })),
    },
    { description },
  );
}
