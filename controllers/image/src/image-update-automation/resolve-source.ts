import { genericReasons, sourceGroup, type GitRepository, type ImageUpdateAutomation } from "@eddy/api";
import { parseDuration } from "@eddy/core/duration";
import { messageOf } from "@eddy/core/errors";
import { formatObjectName, type ObjectRef } from "@eddy/core/object";
import { withoutUserInfo, type GitAuth, type OpenRepositoryOptions } from "@eddy/git";
import type { HttpProxy } from "@eddy/http";
import { hasReason } from "@eddy/kube";
import { StepError } from "@eddy/runtime/controller";
import { authFromSecret, providerAuth } from "@eddy/runtime/git-access";
import { readRegistryProxy, registerSecrets, type SecretData } from "@eddy/runtime/registry-access";
import type { Ports } from "./ports.ts";
import { accessDenied, misconfigured, resolveTarget, unavailable, type UpdateTarget } from "./resolve-target.ts";

const defaultTimeout = "60s";

/** The repository to commit to, and how it is reached. */
export interface UpdateSource {
  readonly repository: GitRepository;
  readonly url: string;
  readonly target: UpdateTarget;
  readonly open: OpenRepositoryOptions;
}

/** The GitRepository of an automation. */
export function sourceRefOf({ spec, metadata }: ImageUpdateAutomation): ObjectRef {
  const { kind, name, namespace } = spec.sourceRef;
  return { group: sourceGroup, kind, name, namespace: namespace || (metadata.namespace ?? "") };
}

/**
 * Everything that is needed to read and to write the repository.
 * @throws StepError AccessDenied, InvalidSourceConfiguration, FeatureGateDisabled (terminal), SourceManagerFailed (retry)
 */
export async function resolveSource(object: ImageUpdateAutomation, ports: Ports): Promise<UpdateSource> {
  const ref = sourceRefOf(object);
  if (ref.kind !== "GitRepository") throw misconfigured(`source kind '${ref.kind}' not supported`);
  if (!object.spec.git) throw misconfigured(`source kind '${ref.kind}' necessitates field .spec.git`);
  if (ports.noCrossNamespaceRefs && ref.namespace !== object.metadata.namespace)
    throw accessDenied(`can't access '${formatObjectName(ref)}', cross-namespace references have been blocked`);
  const repository = ports.caches.get<GitRepository>(ref) ?? (await readRepository(ref, ports));
  const target = resolveTarget(object, repository.spec.ref);
  const proxy = await resolveProxy(repository, ports);
  const auth = await resolveAuth(repository, proxy, ports);
  const timeoutMs = parseDuration(repository.spec.timeout ?? defaultTimeout);
  const open = { ...ports.git, clock: ports.clock, auth, timeoutMs, ...(proxy ? { proxy } : {}) };
  return { repository, url: repository.spec.url, target, open };
}

async function readRepository(ref: ObjectRef, { kube }: Ports): Promise<GitRepository> {
  try {
    return await kube.get<GitRepository>(ref);
  } catch (cause) {
    if (!hasReason(cause, "NotFound"))
      throw unavailable(`failed to get referenced git repository: ${messageOf(cause)}`, cause);
    const text = `${ref.kind}.${ref.group} ${JSON.stringify(ref.name)} not found`;
    throw unavailable(`referenced git repository does not exist: ${text}`, cause);
  }
}

async function resolveProxy({ metadata, spec }: GitRepository, ports: Ports): Promise<HttpProxy | undefined> {
  if (!spec.proxySecretRef) return undefined;
  try {
    return await readRegistryProxy(metadata.namespace ?? "", spec.proxySecretRef.name, ports);
  } catch (cause) {
    throw unavailable(messageOf(cause), cause);
  }
}

async function resolveAuth(repository: GitRepository, proxy: HttpProxy | undefined, ports: Ports): Promise<GitAuth> {
  const { spec } = repository;
  const url = parseUrl(spec.url);
  const data = await readData(repository, ports);
  checkProvider(repository, data, ports);
  try {
    const own = authFromSecret(url, data);
    const auth = { ...own, ...(await loginOf(repository, { url, data, proxy }, ports)) };
    registerSecrets(ports.masker.of(repository.metadata.namespace), {
      ...auth,
      urlPassword: decodeURIComponent(url.password),
    });
    return auth;
  } catch (cause) {
    throw unavailable(`failed to configure authentication options: ${messageOf(cause)}`, cause);
  }
}

function parseUrl(text: string): URL {
  if (URL.canParse(text)) return new URL(text);
  throw unavailable(`failed to parse URL '${withoutUserInfo(text)}'`);
}

async function readData({ metadata, spec }: GitRepository, { secrets }: Ports): Promise<SecretData> {
  if (!spec.secretRef) return {};
  const { namespace = "" } = metadata;
  try {
    return await secrets.read(namespace, spec.secretRef.name);
  } catch (cause) {
    throw unavailable(`failed to get auth secret '${namespace}/${spec.secretRef.name}': ${messageOf(cause)}`, cause);
  }
}

function checkProvider({ metadata, spec }: GitRepository, data: SecretData, { hasWorkloadIdentity }: Ports): void {
  const { provider = "generic", secretRef, serviceAccountName } = spec;
  const hasApp = Boolean(data["githubAppID"]);
  if (provider === "github" && !hasApp)
    throw misconfigured("secretRef with github app data must be specified when provider is set to github");
  if (provider === "generic" && hasApp) {
    const name = `${metadata.namespace ?? ""}/${secretRef?.name ?? ""}`;
    throw misconfigured(`secretRef '${name}' has github app data but provider is not set to github`);
  }
  if ((provider !== "aws" && provider !== "azure") || !serviceAccountName || hasWorkloadIdentity) return;
  throw new StepError(
    genericReasons.featureGateDisabled,
    "to use spec.serviceAccountName for provider authentication please enable the ObjectLevelWorkloadIdentity feature gate in the controller",
    { class: "terminal" },
  );
}

async function loginOf(
  { metadata, spec }: GitRepository,
  { url, data, proxy }: { url: URL; data: SecretData; proxy: HttpProxy | undefined },
  ports: Ports,
): Promise<GitAuth> {
  const { provider = "generic", serviceAccountName } = spec;
  if (provider === "generic") return {};
  const name = provider === "github" ? undefined : serviceAccountName;
  const serviceAccount = name ? { serviceAccount: { namespace: metadata.namespace ?? "", name } } : {};
  return providerAuth({ provider, url, data, ...serviceAccount, ...(proxy ? { proxy } : {}) }, ports);
}
