import { execFile } from "node:child_process";
import { promisify } from "node:util";

type Environment = Readonly<Record<string, string | undefined>>;

/** `Name <mail>` as Git on this machine has it; undefined where it has none. Source: fluxctl, `getCommitAuthor`. */
export async function gitUser(env: Environment): Promise<string | undefined> {
  const [name, email] = await Promise.all([
    env["GIT_AUTHOR_NAME"] ?? setting("user.name", env),
    env["GIT_AUTHOR_EMAIL"] ?? setting("user.email", env),
  ]);
  if (!name && !email) return undefined;
  return email ? `${name ?? ""} <${email}>`.trim() : name;
}

async function setting(key: string, env: Environment): Promise<string | undefined> {
  try {
    const { stdout } = await promisify(execFile)("git", ["config", "--get", key], { env: { ...env }, timeout: 5_000 });
    return stdout.trim();
  } catch {
    // No Git, or nothing set.
    return undefined;
  }
}
