import type { SourcePorts } from "../source/ports.ts";
import type { FetchedObjects } from "./fetch-objects.ts";

/** What a pass over a Bucket reaches the world through. */
export interface Ports extends SourcePorts {
  /** What was last fetched, by owner: an object whose etag is still the same is not fetched again. */
  fetched: Map<string, FetchedObjects>;
  /** Instead of Google's address: `STORAGE_EMULATOR_HOST`, as Google's own clients have it. */
  gcsUrl: string | undefined;
}
