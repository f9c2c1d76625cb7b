import { EddyError } from "../errors/index.ts";
import { formatRepository, parseReference, parseRepository } from "./reference.ts";

/** An image as somebody spelled it. */
export interface Image {
  /** `nginx`, `docker.io/library/nginx`, `ghcr.io/org/app`: nothing added, nothing left out. */
  readonly name: string;
  readonly tag?: string;
  /** `sha256:<64 hex digits>`. */
  readonly digest?: string;
}

/**
 * Splits `name[:tag][@digest]` and keeps the spelling, so that a name can be written back as it was.
 * @throws EddyError OCI_NAME (terminal) for what no registry could have.
 */
export function parseImage(text: string): Image {
  const at = text.indexOf("@");
  const tagged = at < 0 ? text : text.slice(0, at);
  const colon = tagged.lastIndexOf(":");
  const hasTag = colon > tagged.lastIndexOf("/");
  const image: Image = {
    name: hasTag ? tagged.slice(0, colon) : tagged,
    ...(hasTag ? { tag: tagged.slice(colon + 1) } : {}),
    ...(at < 0 ? {} : { digest: text.slice(at + 1) }),
  };
  parseReference(text);
  // A reference by digest takes any text for a tag; an image that is to be compared by its tag must have a right one.
  if (image.digest !== undefined && hasTag) parseReference(tagged);
  if (image.name === "") throw new EddyError("OCI_NAME", `could not parse reference: ${text}`, { class: "terminal" });
  return image;
}

/** `name[:tag][@digest]`. */
export function formatImage({ name, tag, digest }: Image): string {
  return `${name}${tag === undefined ? "" : `:${tag}`}${digest === undefined ? "" : `@${digest}`}`;
}

/**
 * The repository that a name without a tag means, in one spelling: `nginx`, `library/nginx` and `docker.io/nginx` are
 * `index.docker.io/library/nginx`.
 * @throws EddyError OCI_NAME (terminal).
 */
export function canonicalNameOf(name: string): string {
  return formatRepository(parseRepository(name));
}
