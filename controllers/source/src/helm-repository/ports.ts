import type { HttpPool } from "../chart-repository/http-pool.ts";
import type { Turns } from "../chart-repository/turns.ts";
import type { SourcePorts } from "../source/ports.ts";
import type { IndexMemory } from "./index-memory.ts";

/** What a pass over a HelmRepository reaches the world through. */
export interface Ports extends SourcePorts {
  clients: HttpPool;
  memory: IndexMemory;
  /** Indexes are large: few are in memory at a time. */
  turns: Turns;
  /** `--helm-index-max-size`. */
  maxIndexBytes: number;
}
