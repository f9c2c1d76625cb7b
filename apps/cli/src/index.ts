/**
 * The `eddy` command.
 *
 * Not a library of what it does: that is in the packages below. Entry points: `runCli`, and `main` for the launcher.
 */
export { main } from "./main.ts";
export { installManifests, type InstallOptions } from "./install/manifests.ts";
export { runCli } from "./run-cli.ts";
export type { CliIo, CliStream } from "./command/context.ts";
