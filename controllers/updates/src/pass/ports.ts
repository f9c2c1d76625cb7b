import type { CloudLogin, TokenCache } from "@eddy/cloud";
import type { Clock } from "@eddy/core/clock";
import type { Logger } from "@eddy/core/log";
import type { Masker } from "@eddy/core/secrets";
import type { KubeClient } from "@eddy/kube";
import type { CloudKeychains, RegistryPool, SecretStore } from "@eddy/runtime/registry-access";
import type { SourceWritePorts } from "@eddy/runtime/source-write";
import type { NodeReader } from "../registry/node-platforms.ts";
import type { RegistryReader } from "../registry/registry-reader.ts";
import type { Reporter } from "./reporter.ts";

/** What a pass over one object needs. */
export interface UpdatePorts {
  readonly kube: KubeClient;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly masker: Masker;
  readonly secrets: SecretStore;
  readonly pool: RegistryPool;
  readonly clouds: CloudKeychains;
  readonly login: CloudLogin;
  readonly codeCommit: TokenCache;
  readonly hasWorkloadIdentity: boolean;
  readonly git: SourceWritePorts["git"];
  readonly registries: RegistryReader;
  readonly nodes: NodeReader;
  readonly reporter: Reporter;
}
