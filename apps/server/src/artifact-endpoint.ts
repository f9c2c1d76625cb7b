import { mkdir } from "node:fs/promises";
import { EddyError, messageOf } from "@eddy/core/errors";
import { createArtifactServer } from "@eddy/runtime/artifact";
import { loopbackUrl, parseListenAddress } from "./address.ts";
import { listenFailed, type Endpoint } from "./http-endpoint.ts";

/**
 * Serves the storage path, which is made when it is not there.
 * @throws EddyError STORAGE_UNUSABLE, LISTEN_FAILED, INVALID_ADDRESS (terminal).
 */
export async function startArtifactEndpoint(storagePath: string, address: string): Promise<Endpoint> {
  const at = parseListenAddress(address);
  await mkdir(storagePath, { recursive: true, mode: 0o750 }).catch((cause: unknown) => {
    throw new EddyError(
      "STORAGE_UNUSABLE",
      `create the storage folder ${JSON.stringify(storagePath)}: ${messageOf(cause)}`,
      {
        class: "terminal",
        cause,
        hint: "choose another one with --storage-path",
      },
    );
  });
  const { port, stop } = await createArtifactServer({ storagePath, ...at }).catch((error: unknown) => {
    throw listenFailed(address, error);
  });
  return { url: loopbackUrl(at, port), stop };
}
