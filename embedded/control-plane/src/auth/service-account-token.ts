/** Signed ServiceAccount tokens (JWT, ES256), as TokenRequest issues and TokenReview reads them. */
import { createHash, createPrivateKey, createPublicKey, randomUUID, sign, verify, type KeyObject } from "node:crypto";
import type { UserInfo } from "../http/api-request.ts";

export const tokenIssuerName = "https://kubernetes.default.svc.cluster.local";

/** The claims that are Kubernetes' own. */
interface KubernetesClaims {
  namespace: string;
  serviceaccount: { name: string; uid: string };
  pod?: { name: string; uid: string };
  secret?: { name: string; uid: string };
}

interface Claims {
  aud: string[];
  exp: number;
  iat: number;
  iss: string;
  jti: string;
  "kubernetes.io": KubernetesClaims;
  nbf: number;
  sub: string;
}

export interface TokenSubject {
  namespace: string;
  name: string;
  uid: string;
  bound?: { kind: "Pod" | "Secret"; name: string; uid: string };
}

/** Who a token speaks for, if its signature and time are good. */
export interface VerifiedToken {
  user: UserInfo;
  audiences: readonly string[];
  subject: TokenSubject;
}

export interface TokenIssuer {
  issue(subject: TokenSubject, audiences: readonly string[], nowSeconds: number, expirationSeconds: number): string;
  verify(token: string, nowSeconds: number): VerifiedToken | undefined;
}

const encode = (value: object): string => Buffer.from(JSON.stringify(value)).toString("base64url");

function readClaims(part: string): Claims | undefined {
  try {
    const claims = JSON.parse(Buffer.from(part, "base64url").toString("utf8")) as Claims;
    return claims.iss === tokenIssuerName && typeof claims.exp === "number" ? claims : undefined;
  } catch {
    return undefined;
  }
}

/** An issuer with this PKCS 8 PEM key. */
export function createTokenIssuer(pem: string): TokenIssuer {
  const key = createPrivateKey(pem);
  const publicKey: KeyObject = createPublicKey(pem);
  const keyId = createHash("sha256")
    .update(publicKey.export({ type: "spki", format: "der" }))
    .digest("base64url");
  const header = encode({ alg: "ES256", kid: keyId });
  return {
    issue(subject, audiences, nowSeconds, expirationSeconds) {
      const { bound } = subject;
      const claims: Claims = {
        aud: [...audiences],
        exp: nowSeconds + expirationSeconds,
        iat: nowSeconds,
        iss: tokenIssuerName,
        jti: randomUUID(),
        "kubernetes.io": {
          namespace: subject.namespace,
          ...(bound?.kind === "Pod" ? { pod: { name: bound.name, uid: bound.uid } } : {}),
          ...(bound?.kind === "Secret" ? { secret: { name: bound.name, uid: bound.uid } } : {}),
          serviceaccount: { name: subject.name, uid: subject.uid },
        },
        nbf: nowSeconds,
        sub: `system:serviceaccount:${subject.namespace}:${subject.name}`,
      };
      const signed = `${header}.${encode(claims)}`;
      return `${signed}.${sign("sha256", Buffer.from(signed), { key, dsaEncoding: "ieee-p1363" }).toString("base64url")}`;
    },
    verify(token, nowSeconds) {
      const [head, body, signature, extra] = token.split(".");
      if (head !== header || body === undefined || signature === undefined || extra !== undefined) return undefined;
      const good = verify(
        "sha256",
        Buffer.from(`${head}.${body}`),
        { key: publicKey, dsaEncoding: "ieee-p1363" },
        Buffer.from(signature, "base64url"),
      );
      const claims = good ? readClaims(body) : undefined;
      if (!claims || claims.exp < nowSeconds || claims.nbf > nowSeconds + 60) return undefined;
      return verified(claims);
    },
  };
}

function verified(claims: Claims): VerifiedToken {
  const { namespace, serviceaccount, pod } = claims["kubernetes.io"];
  const extra: Record<string, string[]> = { "authentication.kubernetes.io/credential-id": [`JTI=${claims.jti}`] };
  if (pod) {
    extra["authentication.kubernetes.io/pod-name"] = [pod.name];
    extra["authentication.kubernetes.io/pod-uid"] = [pod.uid];
  }
  return {
    audiences: claims.aud,
    subject: {
      namespace,
      name: serviceaccount.name,
      uid: serviceaccount.uid,
      ...(pod ? { bound: { kind: "Pod" as const, ...pod } } : {}),
    },
    user: {
      name: claims.sub,
      uid: serviceaccount.uid,
      groups: ["system:serviceaccounts", `system:serviceaccounts:${namespace}`, "system:authenticated"],
      extra,
    },
  };
}
