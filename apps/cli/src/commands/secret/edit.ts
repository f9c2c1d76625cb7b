import { spawn } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { EddyError, messageOf } from "@eddy/core/errors";
import { defineCommand, type Command } from "../../command/define-command.ts";
import { flag } from "../../command/flag.ts";
import { encodeOptionsFor } from "../../secret/creation-rule.ts";
import { loadKeyServices } from "../../secret/key-services.ts";
import { formatFor, keyFlags, readSecretFile, replaceFile } from "../../secret/secret-file.ts";

/** `secret edit`: opens the plain text in an editor, and encrypts what was saved with the file's own keys. */
export const secretEditCommand: Command = defineCommand({
  path: ["secret", "edit"],
  summary: "Edit an encrypted file in your editor",
  args: [{ name: "file" }],
  flags: { ...keyFlags, ignoreMac: flag.boolean("open the file although its MAC does not match") },
  examples: [["Change a password", "secret edit apps/db-secret.yaml"]],
  async run({ args, flags }, context) {
    const path = args[0] ?? "";
    const { openFile } = await import("@eddy/sops");
    const format = await formatFor(path, flags.inputType);
    const services = await loadKeyServices(context.io, { age: flags.ageKeyFile, pgp: flags.pgpKeyFile });
    const encode = await encodeOptionsFor(path, format, flags.config);
    const opened = await openFile(await readSecretFile(path), format, services, {
      file: path,
      encode,
      signal: context.signal,
    });
    if (opened.mac !== "matched" && !flags.ignoreMac) {
      throw new EddyError(
        "SOPS_MAC_MISMATCH",
        `edit ${JSON.stringify(path)}: MAC mismatch: the values are not those that were encrypted`,
        {
          class: "terminal",
          hint: "look at the file's history; --ignore-mac opens it all the same",
        },
      );
    }
    const saved = await editText(opened.plain, basename(path), context.io.env);
    if (Buffer.from(saved).equals(opened.plain)) return context.status.success("nothing was changed");
    await replaceFile(path, opened.save(saved, new Date(context.clock.now())));
    context.status.success(`${path} encrypted`);
  },
});

/** The text as an editor left it. The file with the plain text can be read by its owner only, and goes in any case. */
async function editText(
  text: Uint8Array,
  name: string,
  env: Readonly<Record<string, string | undefined>>,
): Promise<Uint8Array> {
  const folder = await mkdtemp(join(tmpdir(), "eddy-secret-"));
  const file = join(folder, name);
  try {
    await writeFile(file, text, { mode: 0o600 });
    await runEditor(env["SOPS_EDITOR"] ?? env["EDITOR"] ?? "vi", file);
    return await readFile(file);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function runEditor(command: string, file: string): Promise<void> {
  const [program = "vi", ...args] = command.split(" ").filter((word) => word !== "");
  await new Promise<void>((resolve, reject) => {
    const child = spawn(program, [...args, file], { stdio: "inherit" });
    child.once("error", (cause) => reject(editorFailed(program, messageOf(cause))));
    child.once("exit", (code) =>
      code === 0 ? resolve() : reject(editorFailed(program, `it exited with ${code ?? "a signal"}`)),
    );
  });
}

function editorFailed(program: string, detail: string): EddyError {
  return new EddyError("EDITOR_FAILED", `run the editor ${JSON.stringify(program)}: ${detail}`, {
    class: "terminal",
    hint: "name another one in EDITOR; the file was left as it is",
  });
}
