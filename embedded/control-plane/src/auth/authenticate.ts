/** Who asks: client certificate, bearer token, or nobody; then whom they speak for. Source: apiserver authentication and impersonation filters. */
import { timingSafeEqual } from "node:crypto";
import type { Kernel } from "../kernel.ts";
import type { UserInfo } from "../http/api-request.ts";
import { StatusError } from "../status-error.ts";
import { authorize } from "./rbac.ts";
import { forbiddenFor } from "./forbidden.ts";

export const authenticatedGroup = "system:authenticated";

/** Whoever shows nothing. */
export const anonymous: UserInfo = { name: "system:anonymous", groups: ["system:unauthenticated"] };

/** A known token and its user. */
export interface KnownToken {
  token: string;
  user: UserInfo;
}

/** 401, which is all that a wrong token is told. */
export const unauthorized = (): StatusError => new StatusError(401, "Unauthorized", "Unauthorized");

const same = (left: string, right: string): boolean => {
  const [a, b] = [Buffer.from(left), Buffer.from(right)];
  return a.length === b.length && timingSafeEqual(a, b);
};

/** The user of a bearer token. @throws StatusError 401 for one that is not known. */
export function userOfToken(kernel: Kernel, known: readonly KnownToken[], token: string): UserInfo {
  const found = known.find((each) => same(each.token, token));
  if (found) return found.user;
  const verified = kernel.tokens.verify(token, Math.floor(kernel.clock.now() / 1_000));
  if (!verified) throw unauthorized();
  const { namespace, name, uid } = verified.subject;
  const account = kernel.store.get("/serviceaccounts", `${namespace}/${name}`);
  if (account?.object.metadata.uid !== uid) throw unauthorized();
  return verified.user;
}

/** The user of a request, before impersonation. `certificate` is the subject of a verified client certificate. */
export function authenticate(
  kernel: Kernel,
  known: readonly KnownToken[],
  authorization: string | undefined,
  certificate: { commonName: string; organizations: readonly string[] } | undefined,
): UserInfo {
  if (certificate) return { name: certificate.commonName, groups: [...certificate.organizations, authenticatedGroup] };
  const bearer = /^bearer\s+(\S+)\s*$/i.exec(authorization ?? "")?.[1];
  if (bearer === undefined) return anonymous;
  return userOfToken(kernel, known, bearer);
}

const extraPrefix = "impersonate-extra-";

/** The user that the request speaks for. @throws StatusError 403 when the asker may not, 400 for headers without a user. */
export function impersonate(
  kernel: Kernel,
  asker: UserInfo,
  headers: readonly (readonly [string, string])[],
): UserInfo {
  const values = (name: string): string[] =>
    headers.filter(([key]) => key.toLowerCase() === name).map(([, value]) => value);
  const [name] = values("impersonate-user");
  const groups = values("impersonate-group");
  const [uid] = values("impersonate-uid");
  const extra: Record<string, string[]> = {};
  for (const [key, value] of headers) {
    if (!key.toLowerCase().startsWith(extraPrefix)) continue;
    (extra[decodeURIComponent(key.slice(extraPrefix.length).toLowerCase())] ??= []).push(value);
  }
  const asks = groups.length > 0 || uid !== undefined || Object.keys(extra).length > 0;
  if (name === undefined || name === "") {
    if (asks)
      throw new StatusError(500, "InternalError", `requested [${groups.join(" ")}] without impersonating a user`);
    return asker;
  }
  checkMayImpersonate(kernel, asker, name, groups, uid, extra);
  const account = /^system:serviceaccount:([^:]+):([^:]+)$/.exec(name);
  const ownGroups =
    account && groups.length === 0 ? ["system:serviceaccounts", `system:serviceaccounts:${account[1]}`] : groups;
  const all =
    name === anonymous.name || ownGroups.includes(authenticatedGroup) || ownGroups.includes("system:unauthenticated")
      ? ownGroups
      : [...ownGroups, authenticatedGroup];
  return {
    name,
    groups: name === anonymous.name && all.length === 0 ? anonymous.groups : all,
    ...(uid === undefined ? {} : { uid }),
    ...(Object.keys(extra).length > 0 ? { extra } : {}),
  };
}

function checkMayImpersonate(
  kernel: Kernel,
  asker: UserInfo,
  name: string,
  groups: string[],
  uid: string | undefined,
  extra: Record<string, string[]>,
): void {
  const account = /^system:serviceaccount:([^:]+):([^:]+)$/.exec(name);
  const demands = [
    account
      ? { group: "", resource: "serviceaccounts", namespace: account[1] ?? "", name: account[2] ?? "" }
      : { group: "", resource: "users", namespace: "", name },
    ...groups.map((group) => ({ group: "", resource: "groups", namespace: "", name: group })),
    ...(uid === undefined ? [] : [{ group: "authentication.k8s.io", resource: "uids", namespace: "", name: uid }]),
    ...Object.entries(extra).flatMap(([key, values]) =>
      values.map((value) => ({
        group: "authentication.k8s.io",
        resource: `userextras`,
        subresource: key,
        namespace: "",
        name: value,
      })),
    ),
  ];
  for (const demand of demands) {
    const attributes = {
      user: asker,
      verb: "impersonate",
      version: "v1",
      subresource: "",
      path: "",
      isResource: true,
      ...demand,
    };
    if (!authorize(kernel, attributes)) throw forbiddenFor(attributes);
  }
}
