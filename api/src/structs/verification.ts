import { list, object, required, text, type Schema } from "../schema.ts";

/** Who may have signed, keyless: regular expressions (RE2) over the issuer and the subject of the signer's certificate. */
export interface OidcIdentityMatch {
  issuer: string;
  subject: string;
}

/** Schema of {@link OidcIdentityMatch}[]. */
export const oidcIdentitiesSchema: Schema<OidcIdentityMatch[]> = list(
  object<OidcIdentityMatch>({
    issuer: required(text({ description: "Regular expression over the issuer of the signer's token." })),
    subject: required(text({ description: "Regular expression over the subject of the signer's token." })),
  }),
  { description: "Identities of which one must have signed, where no keys are given." },
);
