import type { TokenCache } from "@eddy/cloud";
import type { SourcePorts } from "../source/ports.ts";
import type { RemotePool } from "./remote-pool.ts";

/** What a pass over a GitRepository reaches the world through. */
export interface Ports extends SourcePorts {
  remotes: RemotePool;
  /** Signatures for CodeCommit. */
  codeCommit: TokenCache;
}
