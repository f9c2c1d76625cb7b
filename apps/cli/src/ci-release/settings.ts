import { usage } from "../command/usage.ts";

/** What a pipeline asks for, before it is looked at. */
export interface RawSettings {
  /** By name in kebab case; a list has its items. */
  readonly values: ReadonlyMap<string, readonly string[]>;
}

/** Names of settings, and whether one may be given several times. The same in flags, `PLUGIN_*` and `INPUT_*`. */
export const settingNames: Readonly<Record<string, "one" | "many">> = {
  image: "one",
  tag: "one",
  digest: "one",
  target: "many",
  path: "many",
  repo: "one",
  branch: "one",
  "push-branch": "one",
  message: "one",
  author: "one",
  username: "one",
  password: "one",
  "git-token": "one",
  "ssh-key": "one",
  "ssh-key-passphrase": "one",
  "known-hosts": "one",
  "ca-cert": "one",
  "signing-key": "one",
  "signing-key-type": "one",
  "signing-key-passphrase": "one",
  "check-registry": "one",
  "registry-username": "one",
  "registry-password": "one",
  "registry-insecure": "one",
  "dry-run": "one",
  mode: "one",
  forge: "one",
  "forge-api": "one",
  "forge-token": "one",
  selector: "one",
  namespace: "one",
  kubeconfig: "one",
  server: "one",
  token: "one",
  ca: "one",
  wait: "one",
  timeout: "one",
};

/**
 * Settings as flags give them, else as Drone's and Woodpecker's `PLUGIN_*` do, else as GitHub's `INPUT_*` do. A list is comma-joined or
 * JSON: the systems differ in that.
 * @throws EddyError USAGE (terminal) for a `PLUGIN_*` or `INPUT_*` list that is broken
 */
export function readSettings(
  flags: Readonly<Record<string, readonly string[] | undefined>>,
  env: Readonly<Record<string, string | undefined>>,
): RawSettings {
  const values = new Map<string, readonly string[]>();
  for (const [name, many] of Object.entries(settingNames)) {
    const typed = flags[name];
    const given = typed && typed.length > 0 ? typed : fromEnvironment(name, many, env);
    if (given.length > 0) values.set(name, given);
  }
  return { values };
}

function fromEnvironment(
  name: string,
  many: "one" | "many",
  env: Readonly<Record<string, string | undefined>>,
): readonly string[] {
  const upper = name.toUpperCase();
  // GitHub keeps dashes; shells cannot, so that both spellings count.
  const names = [`PLUGIN_${upper.replaceAll("-", "_")}`, `INPUT_${upper}`, `INPUT_${upper.replaceAll("-", "_")}`];
  for (const variable of names) {
    const text = env[variable];
    if (text === undefined || text.trim() === "") continue;
    return many === "many" ? listOf(variable, text) : [text];
  }
  return [];
}

function listOf(variable: string, text: string): string[] {
  if (!text.trimStart().startsWith("["))
    return text
      .split(/[,\n]/)
      .map((item) => item.trim())
      .filter((item) => item !== "");
  try {
    const list: unknown = JSON.parse(text);
    if (Array.isArray(list) && list.every((item) => typeof item === "string")) return list;
  } catch {
    // Told below.
  }
  throw usage(`read ${variable}: want a list of texts, as JSON or joined by commas`);
}
