/** Rules for `metadata` of every kind. Source: apimachinery api/validation objectmeta.go and util/validation. */
import type { KubeObject, ObjectMeta } from "@eddy/core/object";
import { forbiddenField, invalidValue, required, type FieldError } from "../status-error.ts";
import type { KindStrategy } from "./strategy.ts";

const subdomainText =
  "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')";
const labelText =
  "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')";
const qualifiedNameText =
  "name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')";
const labelValueText =
  "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')";

const label = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/;
const namePart = /^([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]$/;
const annotationsMaxBytes = 256 << 10;

const isSubdomain = (text: string): boolean => text.split(".").every((part) => label.test(part));

/** Why a name is not of the form, or undefined. */
export function nameProblem(name: string, form: NonNullable<KindStrategy["nameForm"]>): string | undefined {
  if (form === "path") {
    if (name === "." || name === "..") return `may not be '${name}'`;
    const bad = ["/", "%"].find((text) => name.includes(text));
    return bad === undefined ? undefined : `may not contain '${bad}'`;
  }
  if (form === "subdomain") {
    if (name.length > 253) return "must be no more than 253 characters";
    return isSubdomain(name) ? undefined : subdomainText;
  }
  if (name.includes(".")) return "must not contain dots";
  if (name.length > 63) return "must be no more than 63 characters";
  return label.test(name) ? undefined : labelText;
}

/** Why a qualified name (`prefix/name`) is none, or undefined. */
export function qualifiedNameProblem(key: string): string | undefined {
  const parts = key.split("/");
  if (parts.length > 2)
    return `${qualifiedNameText.replace("name part must", "a valid label key must")} with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')`;
  const name = parts.at(-1) ?? "";
  const prefix = parts.length === 2 ? (parts[0] ?? "") : undefined;
  if (prefix !== undefined && prefix === "") return "prefix part must be non-empty";
  if (prefix !== undefined && !isSubdomain(prefix)) return `prefix part ${subdomainText}`;
  if (name === "") return "name part must be non-empty";
  if (name.length > 63) return "name part must be no more than 63 characters";
  return namePart.test(name) ? undefined : qualifiedNameText;
}

/** Errors of a labels map at a path. */
export function validateLabels(labels: Readonly<Record<string, string>> | undefined, field: string): FieldError[] {
  const errors: FieldError[] = [];
  for (const [key, value] of Object.entries(labels ?? {})) {
    const problem = qualifiedNameProblem(key);
    if (problem !== undefined) errors.push(invalidValue(field, key, problem));
    if (value.length > 63) errors.push(invalidValue(field, value, "must be no more than 63 characters"));
    else if (value !== "" && !namePart.test(value)) errors.push(invalidValue(field, value, labelValueText));
  }
  return errors;
}

function validateAnnotations(annotations: Record<string, string> | undefined): FieldError[] {
  const errors: FieldError[] = [];
  let bytes = 0;
  for (const [key, value] of Object.entries(annotations ?? {})) {
    bytes += Buffer.byteLength(key) + Buffer.byteLength(value);
    const problem = qualifiedNameProblem(key.toLowerCase());
    if (problem !== undefined) errors.push(invalidValue("metadata.annotations", key, problem));
  }
  if (bytes > annotationsMaxBytes) {
    errors.push({
      reason: "FieldValueTooLong",
      field: "metadata.annotations",
      message: `Too long: may not be more than ${annotationsMaxBytes} bytes`,
    });
  }
  return errors;
}

function validateOwners(meta: ObjectMeta): FieldError[] {
  const errors: FieldError[] = [];
  for (const [index, owner] of (meta.ownerReferences ?? []).entries()) {
    const at = `metadata.ownerReferences`;
    if (!owner.apiVersion)
      errors.push(invalidValue(`${at}.apiVersion`, owner.apiVersion ?? "", "version must not be empty"));
    if (!owner.kind) errors.push(invalidValue(`${at}.kind`, owner.kind ?? "", "must not be empty"));
    if (!owner.name) errors.push(invalidValue(`${at}.name`, owner.name ?? "", "must not be empty"));
    if (!owner.uid) errors.push(invalidValue(`${at}.uid`, owner.uid ?? "", "must not be empty"));
    void index;
  }
  const controllers = (meta.ownerReferences ?? []).filter((owner) => owner.controller === true);
  if (controllers.length > 1) {
    const text = `Only one reference can have Controller set to true. Found "true" in references for ${controllers[0]?.kind}/${controllers[0]?.name} and ${controllers[1]?.kind}/${controllers[1]?.name}`;
    errors.push(invalidValue("metadata.ownerReferences", meta.ownerReferences, text));
  }
  return errors;
}

function validateFinalizers(meta: ObjectMeta): FieldError[] {
  return (meta.finalizers ?? []).flatMap((finalizer) => {
    const problem = qualifiedNameProblem(finalizer);
    return problem === undefined ? [] : [invalidValue("metadata.finalizers", finalizer, problem)];
  });
}

/** Errors of `metadata`, for create and update alike. */
export function validateMeta(object: KubeObject, form: NonNullable<KindStrategy["nameForm"]>): FieldError[] {
  const meta = object.metadata;
  const errors: FieldError[] = [];
  if (meta.generateName) {
    const problem = nameProblem(`${meta.generateName}a`.replace(/-a$/, "a"), form);
    if (problem !== undefined) errors.push(invalidValue("metadata.generateName", meta.generateName, problem));
  }
  if (!meta.name) errors.push(required("metadata.name", "name or generateName is required"));
  else {
    const problem = nameProblem(meta.name, form);
    if (problem !== undefined) errors.push(invalidValue("metadata.name", meta.name, problem));
  }
  return [
    ...errors,
    ...validateLabels(meta.labels, "metadata.labels"),
    ...validateAnnotations(meta.annotations),
    ...validateOwners(meta),
    ...validateFinalizers(meta),
  ];
}

/** New finalizers are refused once deletion has begun. */
export function validateMetaUpdate(object: KubeObject, live: KubeObject): FieldError[] {
  if (live.metadata.deletionTimestamp === undefined) return [];
  const known = new Set(live.metadata.finalizers ?? []);
  const added = (object.metadata.finalizers ?? []).filter((finalizer) => !known.has(finalizer));
  if (added.length === 0) return [];
  const list = `[]string{${added.map((item) => JSON.stringify(item)).join(", ")}}`;
  const error = forbiddenField(
    "metadata.finalizers",
    `no new finalizers can be added if the object is being deleted, found new finalizers ${list}`,
  );
  // The original checks twice, in general and by the kind's strategy, and says so twice.
  return [error, error];
}
