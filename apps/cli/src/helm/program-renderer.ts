import { spawnSync } from "node:child_process";
import { accessSync, constants, statSync } from "node:fs";
import { delimiter, join, resolve } from "node:path";
import { EddyError } from "@eddy/core/errors";
import type { HelmDialect, PostRenderer } from "@eddy/helm";
import type { CommandContext } from "../command/context.ts";

/** What the flags say of a post-renderer. */
export interface ProgramRendererOptions {
  readonly postRenderer: string | undefined;
  readonly postRendererArgs: readonly string[];
  readonly dialect: HelmDialect;
}

const maxOutputBytes = 64 * 1024 * 1024;

/**
 * The program of `--post-renderer`, which whoever types the command chose: it gets what was rendered on stdin and prints what is used
 * instead, within `--timeout`. By a path, or found in PATH. In both dialects it is Helm 3's program: Helm 4's plugins are not read.
 * Undefined without the flag. Source: Helm 3 `pkg/postrender/exec.go`; Helm 4 `pkg/postrenderer` for an empty output.
 * @throws EddyError POST_RENDERER_MISSING (terminal)
 */
export function programRenderer(
  { postRenderer: word, postRendererArgs, dialect }: ProgramRendererOptions,
  { io, flags }: Pick<CommandContext, "io" | "flags">,
): PostRenderer | undefined {
  if (!word) return undefined;
  const program = findProgram(word, io.env["PATH"] ?? "");
  return {
    run(manifests) {
      const { error, status, signal, stdout, stderr } = spawnSync(program, postRendererArgs, {
        input: manifests,
        encoding: "utf8",
        maxBuffer: maxOutputBytes,
        timeout: flags.timeout,
        env: { ...io.env },
      });
      // A program need not read all that it is given.
      const failure = (error as NodeJS.ErrnoException | undefined)?.code === "EPIPE" ? undefined : error;
      if (failure || status !== 0) {
        const how = failure?.message ?? (signal ? `signal: ${signal}` : `exit status ${status}`);
        throw refused(`error while running command ${program}. error output:\n${stderr}: ${how}`);
      }
      if (dialect === "helm4" && stdout.trim() === "")
        throw refused(`post-renderer ${JSON.stringify(word)} produced empty output`);
      return stdout;
    },
  };
}

function refused(message: string): EddyError {
  return new EddyError("POST_RENDERER_FAILED", message, { class: "terminal" });
}

/** Source: Go's `exec.LookPath`. */
function findProgram(word: string, path: string): string {
  const places = word.includes("/") ? [word] : path.split(delimiter).map((folder) => join(folder || ".", word));
  const found = places.find(isProgram);
  if (found !== undefined) return resolve(found);
  const why = word.includes("/") ? `stat ${word}: no such file or directory` : "executable file not found in $PATH";
  throw new EddyError(
    "POST_RENDERER_MISSING",
    `unable to find binary at ${word}: exec: ${JSON.stringify(word)}: ${why}`,
    { class: "terminal", hint: "give the path of a program; plugins of Helm 4 are not read" },
  );
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}
