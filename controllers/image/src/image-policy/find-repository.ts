import {
  genericReasons,
  imageGroup,
  imageReasons,
  imageRepositoryKind,
  type ImagePolicy,
  type ImageRepository,
} from "@eddy/api";
import { matchesLabels, selectorOf, type Labels } from "@eddy/core/labels";
import { messageOf } from "@eddy/core/errors";
import type { ObjectRef } from "@eddy/core/object";
import { hasReason } from "@eddy/kube";
import { StepError, type Caches } from "@eddy/runtime/controller";
import type { Ports } from "./ports.ts";

type FindPorts = Pick<Ports, "kube" | "noCrossNamespaceRefs"> & { readonly caches: Pick<Caches, "get"> };

/** The ImageRepository that a policy refers to. */
export function repositoryRefOf({ metadata, spec }: ImagePolicy): ObjectRef {
  const { name, namespace } = spec.imageRepositoryRef;
  return { group: imageGroup, kind: "ImageRepository", namespace: namespace || (metadata.namespace ?? ""), name };
}

/**
 * The ImageRepository, if the policy may use it. Source: image-reflector-controller `getImageRepository`, fluxcd/pkg/runtime/acl.
 * @throws StepError AccessDenied, DependencyNotReady (waiting), Failure (retry) in upstream's words
 */
export async function findRepository(policy: ImagePolicy, ports: FindPorts): Promise<ImageRepository> {
  const ref = repositoryRefOf(policy);
  const own = policy.metadata.namespace ?? "";
  const named = `${ref.namespace}/${ref.name}`;
  if (ports.noCrossNamespaceRefs && ref.namespace !== own)
    throw denied(`cannot access 'ImageRepository/${named}', cross-namespace references have been blocked`);
  const repository = imageRepositoryKind.decode(await read(ref, ports));
  if (ref.namespace === own) return repository;
  const { accessFrom } = repository.spec;
  if (!accessFrom)
    throw denied(`access denied: '${named}' can't be accessed due to missing ACL labels on 'accessFrom'`);
  const labels = await labelsOf(own, ports);
  const isAllowed = accessFrom.namespaceSelectors.some(({ matchLabels = {} }) =>
    matchesLabels(selectorOf({ matchLabels }), labels),
  );
  if (isAllowed) return repository;
  throw denied(`access denied: '${named}' can't be accessed due to ACL labels mismatch on namespace '${own}'`);
}

const doing = "failed to get the referred ImageRepository";

/** Looked at again when the repository or the namespace changes. */
function denied(why: string): StepError {
  return new StepError(genericReasons.accessDenied, `${doing}: ${why}`, { class: "waiting", severity: "error" });
}

async function read(ref: ObjectRef, { caches, kube }: FindPorts): Promise<ImageRepository> {
  const cached = caches.get<ImageRepository>(ref);
  if (cached) return cached;
  try {
    return await kube.get<ImageRepository>({ ...ref, version: "v1" });
  } catch (cause) {
    if (!hasReason(cause, "NotFound"))
      throw new StepError(imageReasons.failure, `${doing}: ${messageOf(cause)}`, { cause, class: "retry" });
    // As the cache of controller-runtime words it.
    const message = `${doing}: referenced ImageRepository does not exist: ImageRepository.${ref.group} "${ref.name}" not found`;
    throw new StepError(genericReasons.dependencyNotReady, message, { cause, class: "waiting", severity: "error" });
  }
}

async function labelsOf(name: string, { caches, kube }: FindPorts): Promise<Labels> {
  const ref = { group: "", kind: "Namespace", namespace: "", name };
  // What a cache of metadata keeps are no labels.
  const namespace = caches.get(ref) ?? (await kube.get({ ...ref, version: "v1" }));
  return namespace.metadata.labels ?? {};
}
