import type { SourcePorts } from "../source/ports.ts";
import type { RegistryPool } from "@eddy/runtime/registry-access";

/** What a pass over an OCIRepository reaches the world through. */
export interface Ports extends SourcePorts {
  registries: RegistryPool;
}
