import { homedir } from "node:os";
import { join } from "node:path";

/** Where `eddy up` keeps its state unless told otherwise: below `XDG_STATE_HOME`, or `~/.local/state`. */
export function defaultDataDir(env: Readonly<Record<string, string | undefined>>): string {
  const stateHome = env["XDG_STATE_HOME"];
  return join(stateHome === undefined || stateHome === "" ? join(homedir(), ".local/state") : stateHome, "eddy");
}
