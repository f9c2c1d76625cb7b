import { formatImageRef, type ImagePolicy, type ImageRef, type ImageRepository } from "@eddy/api";
import { messageOf } from "@eddy/core/errors";
import { formatReference, withTag, type Repository } from "@eddy/core/image";
import { isRegistryError } from "@eddy/oci";
import { StepError, type Run } from "@eddy/runtime/controller";
import { ownerKey } from "../image/owner.ts";
import { resolveImageAccess } from "../image/resolve-access.ts";
import type { Ports } from "./ports.ts";

/** What is selected, and of whose repository. */
export interface Selected {
  readonly repository: Repository;
  readonly object: ImageRepository;
  /** Without a digest. */
  readonly ref: ImageRef;
}

/** Whether the registry is asked. Pure. Source: image-reflector-controller `updateImageRefs`. */
export function determineDigest(
  { spec, status }: ImagePolicy,
  ref: ImageRef,
): { readonly ask: boolean; readonly known?: string } {
  const { digestReflectionPolicy = "Never" } = spec;
  if (digestReflectionPolicy !== "IfNotPresent") return { ask: digestReflectionPolicy === "Always" };
  const { name, tag, digest = "" } = status?.latestRef ?? {};
  return name === ref.name && tag === ref.tag && digest !== "" ? { ask: false, known: digest } : { ask: true };
}

/**
 * The reference with as much of its digest as the policy asks for; no worker is held while the registry answers.
 * @throws StepError Failed (retry) in upstream's words
 */
export async function resolveDigest(run: Run<ImagePolicy>, selected: Selected, ports: Ports): Promise<ImageRef> {
  const { ref } = selected;
  const { ask, known } = determineDigest(run.object, ref);
  if (!ask) return known === undefined ? ref : { ...ref, digest: known };
  try {
    return { ...ref, digest: await fetchDigest(run, selected, ports) };
  } catch (cause) {
    if (run.signal.aborted) throw cause;
    const retryAfterMs = isRegistryError(cause, 429, 503) ? cause.retryAfterMs : undefined;
    throw new StepError("Failed", `failed fetching digest of ${formatImageRef(ref)}: ${messageOf(cause)}`, {
      cause,
      class: "retry",
      ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
    });
  }
}

async function fetchDigest(
  run: Run<ImagePolicy>,
  { object, repository, ref }: Selected,
  ports: Ports,
): Promise<string> {
  const reference = withTag(repository, ref.tag);
  const access = await resolveImageAccess(object, ports);
  const client = ports.registries.open(ownerKey(run.object), access);
  try {
    return (await run.awaitOutside((signal) => client.resolve(reference, { signal }))).digest;
  } catch (cause) {
    throw new Error(`failed fetching descriptor for "${formatReference(reference)}": ${messageOf(cause)}`, { cause });
  }
}
