import { messageOf } from "@eddy/core/errors";
import { isObject } from "@eddy/core/json";
import { signatureError } from "../signature-error.ts";
import { determineLevel, type VerificationLevel } from "./verification-level.ts";
import { isSubsetName, parseDistinguishedName, type DistinguishedName } from "./distinguished-name.ts";

/** Whom to believe for the artifacts of some repositories. */
export interface TrustPolicy {
  readonly name: string;
  readonly scopes: readonly string[];
  readonly level: VerificationLevel;
  /** `afterCertExpiry`: times are asked for only once the certificates have run out. */
  readonly verifyTimestamp: "always" | "afterCertExpiry";
  /** `ca:<name>`, `signingAuthority:<name>` or `tsa:<name>`. */
  readonly trustStores: readonly string[];
  /** `*`, or `x509.subject: <distinguished name>`. */
  readonly trustedIdentities: readonly string[];
}

const help = "https://notaryproject.dev/docs/quickstart/#create-a-trust-policy";
const maxStatements = 1_000;

/**
 * Reads `trustpolicy.json`. Stores and identities of a statement that skips verification are dropped, as source-controller
 * does, or with `refuseUnused` refused, as notation itself does.
 * Source: notation-go `verifier/trustpolicy`; source-controller `notation.CleanTrustPolicy`.
 * @throws EddyError SIGNATURE_IDENTITY (terminal) in notation's words
 */
export function parseTrustPolicies(
  text: string,
  { refuseUnused = false }: { refuseUnused?: boolean } = {},
): readonly TrustPolicy[] {
  const document = parseJson(text);
  const version = textOf(document, "version");
  if (version === "") throw invalid("trust policy document has empty version, version must be specified");
  if (version !== "1.0") throw invalid(`trust policy document uses unsupported version ${q(version)}`);
  const statements = listOf(document, "trustPolicies");
  if (statements.length === 0) throw invalid("trust policy document can not have zero trust policy statements");
  if (statements.length > maxStatements)
    throw invalid(`trust policy document has more than ${maxStatements} statements`);
  const policies: TrustPolicy[] = [];
  for (const statement of statements) {
    const policy = readStatement(isObject(statement) ? statement : {}, policies, refuseUnused);
    policies.push(policy);
  }
  checkScopes(policies);
  return policies;
}

type Fields = Readonly<Record<string, unknown>>;

function parseJson(text: string): Fields {
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch (cause) {
    throw signatureError(
      "SIGNATURE_IDENTITY",
      `error occurred while parsing trustpolicy.json: ${messageOf(cause)}`,
      cause,
    );
  }
  if (!isObject(document)) throw invalid("error occurred while parsing trustpolicy.json: want an object");
  return document;
}

function textOf(fields: Fields, name: string): string {
  const value = fields[name] ?? "";
  if (typeof value === "string") return value;
  throw invalid(`error occurred while parsing trustpolicy.json: want a text in ${q(name)}`);
}

function listOf(fields: Fields, name: string): readonly unknown[] {
  const value = fields[name] ?? [];
  if (Array.isArray(value)) return value;
  throw invalid(`error occurred while parsing trustpolicy.json: want a list in ${q(name)}`);
}

function textsOf(fields: Fields, name: string): string[] {
  return listOf(fields, name).map((value) => {
    if (typeof value === "string") return value;
    throw invalid(`error occurred while parsing trustpolicy.json: want texts in ${q(name)}`);
  });
}

function readStatement(fields: Fields, before: readonly TrustPolicy[], refuseUnused: boolean): TrustPolicy {
  const name = textOf(fields, "name");
  if (before.some((policy) => policy.name === name))
    throw invalid(`multiple trust policy statements use the same name ${q(name)}, statement names must be unique`);
  if (name === "")
    throw invalid("trust policy: a trust policy statement is missing a name, every statement requires a name");
  const verification = isObject(fields["signatureVerification"]) ? fields["signatureVerification"] : {};
  const lead = `trust policy: trust policy statement ${q(name)} has invalid signatureVerification: `;
  const level = determineLevel(textOf(verification, "level"), verification["override"], (why) => invalid(lead + why));
  const verifyTimestamp = textOf(verification, "verifyTimestamp") || "always";
  if (verifyTimestamp !== "always" && verifyTimestamp !== "afterCertExpiry")
    throw invalid(`${lead}verifyTimestamp must be "always" or "afterCertExpiry", but got ${q(verifyTimestamp)}`);
  const isSkipped = level.name === "skip";
  const isUnused = ["trustStores", "trustedIdentities"].some((field) => listOf(fields, field).length > 0);
  if (isSkipped && isUnused && refuseUnused)
    throw invalid(
      `trust policy: trust policy statement ${q(name)} is set to skip signature verification but configured with trust stores and/or trusted identities, remove them if signature verification needs to be skipped`,
    );
  const trustStores = isSkipped ? [] : textsOf(fields, "trustStores");
  const trustedIdentities = isSkipped ? [] : textsOf(fields, "trustedIdentities");
  if (!isSkipped) checkTrust(name, trustStores, trustedIdentities);
  return { name, scopes: textsOf(fields, "registryScopes"), level, verifyTimestamp, trustStores, trustedIdentities };
}

function checkTrust(name: string, stores: readonly string[], identities: readonly string[]): void {
  const lead = `trust policy: trust policy statement ${q(name)}`;
  if (stores.length === 0 || identities.length === 0)
    throw invalid(`${lead} is either missing trust stores or trusted identities, both must be specified`);
  for (const store of stores) {
    const at = store.indexOf(":");
    if (at < 0)
      throw invalid(
        `${lead} has malformed trust store value ${q(store)}. The required format is <TrustStoreType>:<TrustStoreName>`,
      );
    const [type, named] = [store.slice(0, at), store.slice(at + 1)];
    if (!["ca", "signingAuthority", "tsa"].includes(type))
      throw invalid(`${lead} uses an unsupported trust store type ${q(type)} in trust store value ${q(store)}`);
    if (!/^[a-zA-Z0-9_.-]+$/.test(named))
      throw invalid(
        `${lead} uses an unsupported trust store name ${q(named)} in trust store value ${q(store)}. Named store name needs to follow [a-zA-Z0-9_.-]+ format`,
      );
  }
  checkIdentities(lead, identities);
}

function checkIdentities(lead: string, identities: readonly string[]): void {
  if (identities.length > 1 && identities.includes("*"))
    throw invalid(
      `${lead} uses a wildcard trusted identity '*', a wildcard identity cannot be used in conjunction with other values`,
    );
  const parsed: { text: string; name: DistinguishedName }[] = [];
  for (const text of identities) {
    if (text === "") throw invalid(`${lead} has an empty trusted identity`);
    if (text === "*") continue;
    const at = text.indexOf(":");
    if (at < 0) throw invalid(`${lead} has trusted identity ${q(text)} missing separator`);
    if (text.slice(0, at) !== "x509.subject") continue;
    if (text.length === at + 1) throw invalid(`${lead} has trusted identity ${q(text)} without an identity value`);
    parsed.push({ text, name: readIdentity(lead, text, text.slice(at + 1)) });
  }
  for (const one of parsed)
    for (const other of parsed)
      if (one !== other && isSubsetName(one.name, other.name))
        throw invalid(`${lead} has overlapping x509 trustedIdentities, ${q(one.text)} overlaps with ${q(other.text)}`);
}

function readIdentity(lead: string, identity: string, value: string): DistinguishedName {
  try {
    return parseDistinguishedName(value);
  } catch (error) {
    throw invalid(`${lead} has trusted identity ${q(identity)} with invalid identity value: ${messageOf(error)}`);
  }
}

const domain =
  /^(?:[a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9])(?:\.(?:[a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9]))*(?::[0-9]+)?$/;
const step = /^[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*$/;
const maxScopeLength = 1_024;

function checkScopes(policies: readonly TrustPolicy[]): void {
  const seen = new Set<string>();
  for (const { name, scopes } of policies) {
    if (scopes.length === 0)
      throw invalid(
        `trust policy statement ${q(name)} has zero registry scopes, it must specify registry scopes with at least one value`,
      );
    if (scopes.length > 1 && scopes.includes("*"))
      throw invalid(
        `trust policy statement ${q(name)} uses wildcard registry scope '*', a wildcard scope cannot be used in conjunction with other scope values`,
      );
    for (const scope of scopes) if (scope !== "*") checkScope(scope);
  }
  for (const scope of policies.flatMap(({ scopes }) => scopes)) {
    if (seen.has(scope))
      throw invalid(
        `registry scope ${q(scope)} is present in multiple trust policy statements, one registry scope value can only be associated with one statement`,
      );
    seen.add(scope);
  }
}

function checkScope(scope: string): void {
  const ensure =
    "make sure it is a fully qualified repository without the scheme, protocol or tag. For example domain.com/my/repository or a local scope like local/myOCILayout";
  if (scope.length > 1 && scope.includes("*"))
    throw invalid(`registry scope ${q(scope)} with wild card(s) is not valid, ${ensure}`);
  const [host = "", ...steps] = scope.split("/");
  const isValid =
    scope.length <= maxScopeLength && domain.test(host) && steps.length > 0 && steps.every((part) => step.test(part));
  if (!isValid) throw invalid(`registry scope ${q(scope)} is not valid, ${ensure}`);
}

/** The statement for an artifact `<host>/<repository>@<digest>`: that of its repository, else that of all. @throws SIGNATURE_IDENTITY */
export function selectTrustPolicy(policies: readonly TrustPolicy[], artifact: string): TrustPolicy {
  const repository = artifact.slice(0, Math.max(0, artifact.lastIndexOf("@")));
  checkScope(repository);
  const found =
    policies.findLast(({ scopes }) => scopes.includes(repository)) ??
    policies.find(({ scopes }) => scopes.includes("*"));
  if (found) return found;
  throw invalid(
    `artifact ${q(artifact)} has no applicable trust policy statement. Trust policy applicability for a given artifact is determined by registryScopes. To create a trust policy, see: ${help}`,
  );
}

function q(text: string): string {
  return JSON.stringify(text);
}

function invalid(message: string): Error {
  return signatureError("SIGNATURE_IDENTITY", message);
}
