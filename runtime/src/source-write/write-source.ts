import type { GitRepository } from "@eddy/api";
import type { CloudLogin, TokenCache } from "@eddy/cloud";
import type { Clock } from "@eddy/core/clock";
import { parseDuration } from "@eddy/core/duration";
import { EddyError, messageOf } from "@eddy/core/errors";
import type { Masker } from "@eddy/core/secrets";
import type { FileTree } from "@eddy/core/tree";
import { pushChange, type GitAuth, type GitPerson, type OpenRepositoryOptions } from "@eddy/git";
import type { HttpProxy } from "@eddy/http";
import type { KubeClient } from "@eddy/kube";
import { authFromSecret, providerAuth } from "../git-access/index.ts";
import { readRegistryProxy, registerSecrets, type SecretStore } from "../registry-access/index.ts";
import { committerOf, signerOf } from "./commit-identity.ts";

/** What writing needs. Credentials are those of the GitRepository; all that is secret in them is registered. */
export interface SourceWritePorts {
  readonly kube: KubeClient;
  readonly secrets: SecretStore;
  readonly masker: Masker;
  readonly clock: Clock;
  readonly login: CloudLogin;
  /** Signatures for CodeCommit. */
  readonly codeCommit: TokenCache;
  /** The gate `ObjectLevelWorkloadIdentity`. */
  readonly hasWorkloadIdentity: boolean;
  /** What every remote is opened with. */
  readonly git: Pick<OpenRepositoryOptions, "cacheDir" | "ssh">;
}

/** What is to be committed. */
export interface SourceDraft {
  readonly files: ReadonlyMap<string, Uint8Array>;
  readonly message: string;
}

/** One commit on one branch. */
export interface SourceWriteRequest {
  readonly branch: string;
  /** Decides, given the files of the branch; undefined when there is nothing to do. Asked again when the branch has moved meanwhile. */
  readonly plan: (tree: FileTree) => SourceDraft | undefined;
  readonly author: GitPerson;
  /** Default: the author. */
  readonly committer?: GitPerson;
  readonly signal?: AbortSignal;
}

/** The commit that has what was wanted. */
export interface SourceCommit {
  /** `<branch>@sha1:<hex>`. */
  readonly revision: string;
  readonly message: string;
  /** Whether it was made now; otherwise the branch had it all. */
  readonly isNew: boolean;
}

/**
 * Makes one commit in the repository that a GitRepository names, with its credentials, and pushes it; never by force. The annotations
 * `eddy.sh/signing-key` and `eddy.sh/committer` of the GitRepository say what signs it and who commits. Undefined where there is
 * nothing to do in an empty repository.
 * @throws GitError; EddyError GIT_AUTH for credentials, GIT_SIGNING_KEY and GIT_COMMITTER for annotations that will not do: nothing is
 * pushed then
 */
export async function writeSource(
  repository: GitRepository,
  request: SourceWriteRequest,
  ports: SourceWritePorts,
): Promise<SourceCommit | undefined> {
  const { branch, plan, ...rest } = request;
  let base: SourceCommit | undefined;
  const committer = committerOf(repository) ?? rest.committer;
  const sign = signerOf(repository, ports);
  const pushed = await pushChange(repository.spec.url, {
    ...(await accessOf(repository, ports)),
    ...(sign ? { sign } : {}),
    ...(rest.signal ? { signal: rest.signal } : {}),
    branch,
    plan(head) {
      base = head && { revision: `${branch}@sha1:${head.sha}`, message: head.message, isNew: false };
      const draft = head && plan(head.tree);
      if (!draft || draft.files.size === 0) return undefined;
      const { author } = rest;
      return { files: draft.files, message: draft.message, author, ...(committer ? { committer } : {}) };
    },
  });
  return pushed ? { revision: pushed.revision, message: pushed.message, isNew: true } : base;
}

/** How the repository is reached. Source: Flux spec 1.1, as the source controller reads it. */
async function accessOf(repository: GitRepository, ports: SourceWritePorts): Promise<OpenRepositoryOptions> {
  const { metadata, spec } = repository;
  const namespace = metadata.namespace ?? "";
  const proxy = spec.proxySecretRef && (await readRegistryProxy(namespace, spec.proxySecretRef.name, ports));
  const auth = await authOf(repository, proxy, ports);
  const timeoutMs = parseDuration(spec.timeout ?? "60s");
  return { ...ports.git, clock: ports.clock, timeoutMs, auth, ...(proxy ? { proxy } : {}) };
}

async function authOf(
  { metadata, spec }: GitRepository,
  proxy: HttpProxy | undefined,
  ports: SourceWritePorts,
): Promise<GitAuth> {
  const { namespace = "", name } = metadata;
  const { provider = "generic", serviceAccountName, secretRef } = spec;
  try {
    if (!URL.canParse(spec.url))
      throw new Error(`parse url ${JSON.stringify(spec.url)}: want http://, https:// or ssh://`);
    const url = new URL(spec.url);
    const data = secretRef ? await ports.secrets.read(namespace, secretRef.name) : {};
    if (serviceAccountName && provider !== "generic" && !ports.hasWorkloadIdentity)
      throw new Error("log in as spec.serviceAccountName: the feature gate ObjectLevelWorkloadIdentity is off");
    const serviceAccount = serviceAccountName ? { namespace, name: serviceAccountName } : undefined;
    const asked = { url, data, ...(serviceAccount ? { serviceAccount } : {}), ...(proxy ? { proxy } : {}) };
    const login = provider === "generic" ? {} : await providerAuth({ provider, ...asked }, ports);
    const auth = { ...authFromSecret(url, data), ...login };
    registerSecrets(ports.masker.of(namespace), { ...auth, urlPassword: decodeURIComponent(url.password) });
    return auth;
  } catch (cause) {
    throw new EddyError("GIT_AUTH", `log in to GitRepository "${namespace}/${name}": ${messageOf(cause)}`, { cause });
  }
}
