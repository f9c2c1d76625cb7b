/**
 * Images by name: what registries know them by, and what people write.
 *
 * Not a client. Entry points: {@link parseReference}, which says what a text means and completes what is implied, and
 * {@link parseImage}, which keeps the spelling.
 */
export {
  allowsPlainHttp,
  defaultTag,
  formatReference,
  formatRepository,
  identifierOf,
  parseDigestReference,
  parseReference,
  parseRegistry,
  parseRepository,
  repositoryPath,
  withDigest,
  withTag,
  type ParseReferenceOptions,
  type Reference,
  type Repository,
} from "./reference.ts";
export { canonicalNameOf, formatImage, parseImage, type Image } from "./image.ts";
