import { EddyError } from "@eddy/core/errors";
import { isObject } from "@eddy/core/json";
import type { KubeClient } from "@eddy/kube";

/** Which ServiceAccount. */
export interface ServiceAccountName {
  readonly namespace: string;
  readonly name: string;
}

/** The cluster's ServiceAccounts. */
export interface ServiceAccounts {
  /** @throws KubeApiError when there is none */
  annotations(account: ServiceAccountName): Promise<Readonly<Record<string, string>>>;
  /** A token of the cluster for these audiences, good for an hour at most. Source: the TokenRequest API. */
  requestToken(account: ServiceAccountName, audiences: readonly string[]): Promise<string>;
}

/** Asks the server each time: tokens are kept by whoever exchanges them. */
export function createServiceAccounts(kube: KubeClient): ServiceAccounts {
  return {
    async annotations({ namespace, name }) {
      const key = { group: "", version: "v1", kind: "ServiceAccount", namespace, name };
      return (await kube.get(key, { metadataOnly: true })).metadata.annotations ?? {};
    },
    async requestToken({ namespace, name }, audiences) {
      const path = `/api/v1/namespaces/${encodeURIComponent(namespace)}/serviceaccounts/${encodeURIComponent(name)}/token`;
      const request = {
        apiVersion: "authentication.k8s.io/v1",
        kind: "TokenRequest",
        spec: { audiences, expirationSeconds: 3_600 },
      };
      const answer = await kube.raw("POST", path, {
        body: JSON.stringify(request),
        headers: { "content-type": "application/json" },
      });
      const token = answer.status < 300 ? tokenOf(answer.body) : undefined;
      if (token !== undefined) return token;
      throw new EddyError(
        "TOKEN_REQUEST",
        `request a token for ServiceAccount '${namespace}/${name}': status ${answer.status}: ${messageOf(answer.body)}`,
      );
    },
  };
}

function tokenOf(body: string): string | undefined {
  const status = (JSON.parse(body) as { status?: { token?: unknown } }).status;
  return typeof status?.token === "string" ? status.token : undefined;
}

function messageOf(body: string): string {
  try {
    const status: unknown = JSON.parse(body);
    return isObject(status) && typeof status["message"] === "string" ? status["message"] : "no message";
  } catch {
    return "the answer is no JSON";
  }
}
