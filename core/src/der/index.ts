/**
 * DER, as far as certificates and keys need it read.
 *
 * Not a schema: what an element means, its reader knows. Entry points: {@link readElements}, {@link readSequence}.
 */
export { type DerElement, readElements, readSequence } from "./read-der.ts";
