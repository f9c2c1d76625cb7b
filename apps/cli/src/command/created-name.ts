import { EddyError } from "@eddy/core/errors";
import { usage } from "./usage.ts";

/**
 * The name of what a `create` makes, its first argument. Every `create` checks it before anything else.
 * Source: fluxcd/flux2 cmd/flux/create.go, `validateObjectName`.
 * @throws EddyError USAGE (terminal) without a name, and for one that is not a label of 2 to 63 characters
 */
export function createdName([name]: readonly string[]): string {
  if (name === undefined) throw new EddyError("USAGE", "name is required", { class: "terminal", hint: "see --help" });
  if (/^[a-z0-9][-a-z0-9]{0,61}[a-z0-9]$/.test(name)) return name;
  const message = `name '${name}' is invalid, it should adhere to standard defined in RFC 1123, the name can only contain alphanumeric characters or '-'`;
  throw usage(message);
}
