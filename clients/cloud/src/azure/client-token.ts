import { trimRight } from "@eddy/core/trim";
import { createHash, randomUUID, X509Certificate } from "node:crypto";
import { CloudError } from "../errors.ts";
import { parsePrivateKey, signJwt } from "../jwt.ts";
import type { CloudPorts } from "../ports.ts";
import { expiryOf, postForm, textField } from "../post-form.ts";
import type { CloudToken } from "../token.ts";

/** How an application proves itself to Entra ID. */
export type AzureProof =
  | { readonly kind: "secret"; readonly secret: string }
  /** PEM: certificates and a private key. */
  | { readonly kind: "certificate"; readonly pem: string; readonly password?: string; readonly sendChain?: boolean }
  /** A token that is trusted by federation. */
  | { readonly kind: "assertion"; readonly assertion: string };

/** An application, and how it proves itself. */
export interface AzureApplication {
  readonly tenantId: string;
  readonly clientId: string;
  readonly proof: AzureProof;
  /** Where to log in; default `AZURE_AUTHORITY_HOST` of the environment, else the public cloud. */
  readonly authorityHost?: string;
}

const publicAuthority = "https://login.microsoftonline.com";
const assertionType = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

/** A token for the scope (`https://storage.azure.com/.default`). Source: OAuth 2.0 client credentials, Microsoft identity platform. */
export async function azureClientToken(
  ports: CloudPorts,
  application: AzureApplication,
  scope: string,
): Promise<CloudToken> {
  const { tenantId, clientId, proof } = application;
  if (!/^[0-9A-Za-z.-]+$/.test(tenantId))
    throw new CloudError("configuration", "log in to Azure: the tenant ID may hold letters, digits, `-` and `.` only");
  const authority =
    ports.endpoints.azureAuthority ??
    (application.authorityHost || ports.env["AZURE_AUTHORITY_HOST"] || publicAuthority);
  const url = `${trimRight(authority, "/")}/${tenantId}/oauth2/v2.0/token`;
  const nowMs = ports.clock.now();
  const form = {
    grant_type: "client_credentials",
    client_id: clientId,
    scope,
    ...proofFields(proof, clientId, url, nowMs),
  };
  const doing = "log in to Azure";
  const answer = await postForm(ports, url, form, { doing });
  return { value: textField(answer, "access_token", doing), expiresAtMs: expiryOf(answer, "expires_in", nowMs) };
}

function proofFields(proof: AzureProof, clientId: string, url: string, nowMs: number): Record<string, string> {
  switch (proof.kind) {
    case "secret":
      return { client_secret: proof.secret };
    case "assertion":
      return { client_assertion_type: assertionType, client_assertion: proof.assertion };
    case "certificate": {
      const assertion = certificateAssertion(proof, clientId, url, nowMs);
      return { client_assertion_type: assertionType, client_assertion: assertion };
    }
  }
}

const pemCertificate = /-----BEGIN CERTIFICATE-----(?:(?!-----)[\s\S])+-----END CERTIFICATE-----/g;
const pemKey =
  /-----BEGIN (?:RSA |ENCRYPTED )?PRIVATE KEY-----(?:(?!-----)[\s\S])+-----END (?:RSA |ENCRYPTED )?PRIVATE KEY-----/;

function certificateAssertion(
  { pem, password, sendChain }: Extract<AzureProof, { kind: "certificate" }>,
  clientId: string,
  audience: string,
  nowMs: number,
): string {
  const chain = (pem.match(pemCertificate) ?? []).map(parseCertificate);
  const keyText = pemKey.exec(pem)?.[0];
  const [leaf] = chain;
  if (!leaf || keyText === undefined)
    throw new CloudError(
      "configuration",
      "failed to parse client certificates: want a certificate and its key in PEM (PKCS#12 is not supported)",
    );
  const key = parsePrivateKey(keyText, "the client certificate", password);
  const issuedAt = Math.floor(nowMs / 1000);
  const claims = {
    aud: audience,
    iss: clientId,
    sub: clientId,
    jti: randomUUID(),
    nbf: issuedAt,
    iat: issuedAt,
    exp: issuedAt + 600,
  };
  return signJwt(key, claims, {
    x5t: createHash("sha1").update(leaf).digest("base64url"),
    ...(sendChain ? { x5c: chain.map((certificate) => certificate.toString("base64")) } : {}),
  });
}

function parseCertificate(pem: string): Buffer {
  try {
    return new X509Certificate(pem).raw;
  } catch {
    throw new CloudError("configuration", "failed to parse client certificates: a certificate cannot be read");
  }
}
