import { existsSync } from "node:fs";

/**
 * The whole environment of a child process: nothing is inherited but where programs and libraries are. No `GIT_*`,
 * `SSH_*`, proxy or certificate variable of this process reaches it; configuration files of the system and the user do not count.
 */
export function childEnvironment(home: string, extra: Readonly<Record<string, string>> = {}): Record<string, string> {
  const kept: Record<string, string> = {};
  for (const name of ["PATH", "SYSTEMROOT", "TMPDIR", "TEMP", "TMP"]) {
    const value = process.env[name];
    if (value !== undefined) kept[name] = value;
  }
  return {
    ...kept,
    HOME: home,
    XDG_CONFIG_HOME: home,
    LC_ALL: "C",
    GIT_CONFIG_NOSYSTEM: "1",
    GIT_CONFIG_GLOBAL: existsSync("/dev/null") ? "/dev/null" : "NUL",
    GIT_TERMINAL_PROMPT: "0",
    GIT_ADVICE: "0",
    ...extra,
  };
}
