import type { DockerConfig } from "./docker-config.ts";
import { parseDockerConfig, parseDockercfg } from "./docker-config.ts";

/** A Secret with registry logins: its type, and its decoded data. */
export interface PullSecret {
  readonly type: string;
  readonly data: Readonly<Record<string, string>>;
}

/**
 * The logins of a pull secret of either generation; none for a Secret of another type, as the kubelet has it.
 * @throws EddyError DOCKER_CONFIG (terminal).
 */
export function parsePullSecret({ type, data }: PullSecret): DockerConfig | undefined {
  const json = data[".dockerconfigjson"];
  if (type === "kubernetes.io/dockerconfigjson" && json) return parseDockerConfig(json);
  const legacy = data[".dockercfg"];
  return type === "kubernetes.io/dockercfg" && legacy ? parseDockercfg(legacy) : undefined;
}
