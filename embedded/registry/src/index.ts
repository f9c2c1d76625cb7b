/**
 * An OCI registry in process: push, pull, tags, referrers, logins, webhooks in the format of docker-distribution; and somebody who
 * signs what is in it as cosign does, with keys or by a sigstore instance of their own.
 *
 * For development and tests; content lives in memory and is gone when it stops. Entry points: {@link startRegistry},
 * {@link createSigstoreInstance}.
 */
export { startRegistry } from "./start-registry.ts";
export type * from "./registry.ts";
export {
  createSigstoreInstance,
  type KeylessSignature,
  type SigstoreIdentity,
  type SigstoreInstance,
  type SigstoreSignOptions,
} from "./signing/sigstore-instance.ts";
export { signBundle, signKeyless, signSimple, type SignedImage } from "./signing/sign-image.ts";
