/**
 * Regular expressions of Go, as users write them in specs: linear time whatever they are, Go's complaints, Go's templates.
 *
 * Not JavaScript's. Entry points: {@link compileRegExp}, {@link templateNames}.
 */
export { compileRegExp, type GoRegExp } from "./compile.ts";
export { templateNames } from "./template.ts";
