import type { Clock } from "@eddy/core/clock";
import { messageOf } from "@eddy/core/errors";
import { formatRepository, parseImage, parseReference, parseRepository } from "@eddy/core/image";
import type { KubeObject } from "@eddy/core/object";
import type { Tag } from "@eddy/image-policy";
import { firstKeychain, identifierOf, keyringKeychain, sha256Digest, type Keychain, type OciClient } from "@eddy/oci";
import {
  cloudLogins,
  createRegistryPool,
  pullReferencesOf,
  readPodLogins,
  registryAccessOf,
  type CloudKeychains,
  type RegistrySecretPorts,
} from "@eddy/runtime/registry-access";
import { createBuildDates } from "./build-dates.ts";
import type { ImageRegistry } from "./image-registry.ts";

/** What asking registries needs. */
export interface ImageRegistryPorts extends RegistrySecretPorts {
  readonly clock: Clock;
  /** Absent: no logins to clouds. */
  readonly clouds?: CloudKeychains;
}

/** How many tags are looked into for their dates. */
const maxDated = 500;

/** Nobody asked yet. Clients and build dates are kept from call to call. */
export function createImageRegistry(ports: ImageRegistryPorts): ImageRegistry {
  const pool = createRegistryPool({ clock: ports.clock });
  const dates = createBuildDates();
  const clouds = ports.clouds === undefined ? [] : [cloudLogins(ports.clouds)];
  const open = async (
    workload: KubeObject,
    registry: string,
  ): Promise<{ client: OciClient; missing: readonly string[] }> => {
    const namespace = workload.metadata.namespace ?? "";
    const { configs, missing } = await readPodLogins(namespace, pullReferencesOf(workload), ports);
    const keychain: Keychain = firstKeychain(keyringKeychain(configs), ...clouds);
    const access = registryAccessOf({ identity: [namespace, registry], settings: {}, configs, keychain });
    // One client for all that log in alike.
    return { client: pool.open(access.key, access), missing };
  };
  const answer = async <T>(
    action: () => Promise<T>,
    missing: () => readonly string[],
  ): Promise<T | { error: string }> => {
    try {
      return await action();
    } catch (error) {
      const secrets = missing();
      return { error: [messageOf(error), ...secrets].join("; ") };
    }
  };
  return {
    async listTags(image, workload, dated, signal) {
      let missing: readonly string[] = [];
      const call = signal ? { signal } : {};
      const listed = await answer(
        async () => {
          const repository = parseRepository(parseImage(image).name);
          const opened = await open(workload, repository.registry);
          missing = opened.missing;
          const names = await opened.client.listTags(repository, call);
          const wanted = dated ? names.filter(dated) : [];
          if (wanted.length > maxDated) {
            const text = `${wanted.length} tags of ${formatRepository(repository)} match the filter, and the build dates of at most ${maxDated} are read: narrow it, or use semver:`;
            return { tags: [], error: text };
          }
          const known = await dates.fetch(opened.client, repository, wanted, call);
          return { tags: names.map((name): Tag => ({ name, ...known.get(name) })) };
        },
        () => missing,
      );
      return "tags" in listed ? listed : { tags: [], error: listed.error };
    },
    async resolve(image, workload, signal) {
      let missing: readonly string[] = [];
      return answer(
        async () => {
          const reference = parseReference(image);
          const opened = await open(workload, reference.repository.registry);
          missing = opened.missing;
          const { bytes } = await opened.client.fetchManifest(reference, signal ? { signal } : {});
          const digest = sha256Digest(bytes);
          if (reference.digest !== undefined && reference.digest !== digest)
            throw new Error(`the registry answers ${identifierOf(reference)} with ${digest}`);
          return { digest };
        },
        () => missing,
      );
    },
    close: () => pool.close(),
  };
}
