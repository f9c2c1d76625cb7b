/** A tag that a registry has, and as much of it as is known. */
export interface Tag {
  readonly name: string;
  /** `sha256:<hex>` of the manifest or index. */
  readonly digest?: string;
  /** When the image was built, in milliseconds since the epoch. */
  readonly createdMs?: number;
  /** `linux/amd64`, `linux/arm64/v8`: what the image runs on. */
  readonly platforms?: readonly string[];
}

const tagPattern = /^[A-Za-z0-9_][A-Za-z0-9._-]{0,127}$/;

/** Whether a registry can have such a tag: at most 128 letters, digits, `.`, `_`, `-`. Source: OCI distribution-spec, `<tag>`. */
export function isTagName(text: string): boolean {
  return text.length <= 128 && tagPattern.test(text);
}
