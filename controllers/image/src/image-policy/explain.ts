import { imagePolicyKind, type ImagePolicy, type ImageRepository } from "@eddy/api";
import { createCloudLogin } from "@eddy/cloud";
import { createMasker } from "@eddy/core/secrets";
import { explainTags, policyOfSpec, type Explanation, type Selection } from "@eddy/image-policy";
import { createOciClient } from "@eddy/oci";
import { createDataStore } from "@eddy/runtime/data";
import { createCloudKeychains } from "@eddy/runtime/registry-access";
import { createServiceAccounts } from "@eddy/runtime/workload-identity";
import type { ExplainPorts, PolicyExplanation } from "../explain-image-policy.ts";
import { parseImageRepository } from "../image/parse-image.ts";
import { resolveImageAccess, type AccessPorts } from "../image/resolve-access.ts";
import { exclusionListOf } from "../image-repository/determine-scan.ts";
import { compileExclusions } from "../image-repository/exclude-tags.ts";
import { findRepository } from "./find-repository.ts";

/** Asks the registry itself, with the ImageRepository's login, and says what the policy makes of each tag. */
export async function explainPolicy(
  { namespace, name }: { namespace: string; name: string },
  { kube, clock, signal }: ExplainPorts,
): Promise<PolicyExplanation> {
  const { group, kind } = imagePolicyKind;
  const policy = imagePolicyKind.decode(await kube.get<ImagePolicy>({ group, version: "v1", kind, namespace, name }));
  // Nothing is cached: one question is asked once.
  const caches = { get: () => undefined };
  const repository = await findRepository(policy, { kube, caches, noCrossNamespaceRefs: false });
  const tags = await listTags(repository, { kube, clock, signal });
  const keep = compileExclusions(exclusionListOf(repository));
  const kept = tags.filter(keep).map((tag) => ({ name: tag }));
  const explained: { selection: Selection; explanations: readonly Explanation[] } = explainTags(
    policyOfSpec(policy.spec),
    kept,
  );
  return { image: repository.spec.image, excluded: tags.length - kept.length, ...explained };
}

async function listTags(object: ImageRepository, { kube, clock, signal }: ExplainPorts): Promise<string[]> {
  const { image, insecure = false } = object.spec;
  const repository = parseImageRepository(image, insecure);
  const { options } = await resolveImageAccess(object, accessPorts({ kube, clock, signal }));
  const client = createOciClient({ ...options, clock });
  try {
    return await client.listTags(repository, { signal });
  } finally {
    client.close();
  }
}

function accessPorts({ kube, clock }: ExplainPorts): AccessPorts {
  const masker = createMasker();
  const data = createDataStore({ kube, masker });
  const login = createCloudLogin({
    clock,
    onSecret: (secret) => masker.register(secret),
    serviceAccounts: createServiceAccounts(kube),
  });
  return {
    kube,
    masker,
    secrets: { read: (namespace, name) => data.require({ group: "", kind: "Secret", namespace, name }) },
    clouds: createCloudKeychains(login, { clock, masker }),
    hasWorkloadIdentity: true,
  };
}
