import { formatImage, parseReference, type Image } from "@eddy/core/image";
import { messageOf } from "@eddy/core/errors";
import type { Keychain, RegistryAuth } from "@eddy/oci";
import type { CommandContext } from "../command/context.ts";
import { ReleaseError } from "./release-error.ts";
import type { RawSettings } from "./settings.ts";

/**
 * The digest that the registry has for the image: a pipeline that released what was never pushed would break the cluster.
 * @throws ReleaseError exit code 3 when it is not there, 1 when the registry cannot be asked
 */
export async function resolveDigest(
  image: Image,
  { values }: RawSettings,
  { io, clock, signal }: CommandContext,
): Promise<string> {
  const one = (name: string): string | undefined => values.get(name)?.[0];
  const oci = await import("@eddy/oci");
  const [username, password] = [one("registry-username"), one("registry-password")];
  const auth: RegistryAuth | undefined = username === undefined ? undefined : { username, password: password ?? "" };
  const keychain: Keychain = auth ? oci.staticKeychain(auth) : oci.dockerConfigKeychain(io.env);
  const insecure = one("registry-insecure") === "true";
  const client = oci.createOciClient({ clock, keychain });
  try {
    const reference = parseReference(formatImage(image), { insecure });
    const { digest } = await client.resolve(reference, { signal });
    return digest;
  } catch (cause) {
    if (oci.isRegistryError(cause) && cause.status === 404)
      throw new ReleaseError(
        "notInRegistry",
        `the registry does not have ${formatImage(image)}: push it before the release`,
        cause,
      );
    throw new ReleaseError("failed", `ask the registry for ${formatImage(image)}: ${messageOf(cause)}`, cause);
  } finally {
    client.close();
  }
}
