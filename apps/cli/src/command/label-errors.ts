import { usage } from "./usage.ts";

/** Words of Kubernetes on labels, as flux prints them. Source: apimachinery pkg/api/validate/content/kube.go, 0.36. */
const keyText =
  "must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')";
const valueText =
  "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')";
const domainText =
  "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')";

const namePart = /^([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]$/;
const domainLabel = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/;

/** Why a text is no label key (`[<domain>/]<name>`); nothing where it is one. */
export function labelKeyErrors(key: string): string[] {
  const parts = key.split("/");
  if (parts.length > 2)
    return [`a valid label key ${keyText} with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')`];
  const name = parts.at(-1) ?? "";
  const [domain] = parts.length === 2 ? parts : [];
  return [
    ...(domain === undefined ? [] : domainErrors(domain).map((why) => `prefix part ${why}`)),
    ...(name === "" ? ["name part must be non-empty"] : []),
    ...(name.length > 63 ? ["name part must be no more than 63 bytes"] : []),
    ...(namePart.test(name) ? [] : [`name part ${keyText}`]),
  ];
}

/** Why a text is no value of a label; nothing where it is one. */
export function labelValueErrors(value: string): string[] {
  return [
    ...(value.length > 63 ? ["must be no more than 63 bytes"] : []),
    ...(value === "" || namePart.test(value) ? [] : [valueText]),
  ];
}

function domainErrors(domain: string): string[] {
  if (domain === "") return ["must be non-empty"];
  const isDomain = domain.split(".").every((part) => domainLabel.test(part));
  return [...(domain.length > 253 ? ["must be no more than 253 bytes"] : []), ...(isDomain ? [] : [domainText])];
}

/** Refuses what has errors, in flux's words. @throws EddyError USAGE (terminal) */
export function refuseLabel(what: string, errors: readonly string[]): void {
  if (errors.length > 0) throw usage(`${what}: [${errors.join(" ")}]`);
}
