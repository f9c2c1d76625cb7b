import { realpath, stat, writeFile } from "node:fs/promises";
import { join, parse, relative, resolve, sep } from "node:path";
import { EddyError } from "@eddy/core/errors";
import type { Json } from "@eddy/core/json";
import { dump } from "@eddy/goyaml";
import { buildKustomization, type BuildOptions, type BuildResult } from "@eddy/kustomize";
import { defineCommand, type Command } from "../command/define-command.ts";
import { flag } from "../command/flag.ts";
import { fileNames } from "../kustomize/file-names.ts";
import { diskTree } from "@eddy/files";

/** `kustomize build`: what `kustomize build` prints, from our own engine. */
export const kustomizeBuildCommand: Command = defineCommand({
  path: ["kustomize", "build"],
  summary: "Build a kustomization target from a directory",
  args: [{ name: "dir" }],
  flags: {
    output: flag.text("write to this file, or to one file an object if it is a directory", { short: "o" }),
    loadRestrictor: flag.oneOf(
      ["LoadRestrictionsRootOnly", "LoadRestrictionsNone"],
      "whether files may be outside of the directory",
    ),
    enableHelm: flag.boolean("inflate Helm charts (not built yet)"),
    enableAlphaPlugins: flag.boolean("enable plugins (not built)"),
    enableExec: flag.boolean("let plugins be programs (not built)"),
    asCurrentUser: flag.boolean("accepted for compatibility; only plugins use it"),
    enableManagedbyLabel: flag.boolean("label what was built with who built it"),
    reorder: flag.oneOf(["legacy", "none"], "the order of the objects"),
  },
  examples: [["Build an overlay", "kustomize build overlays/production"]],
  async run({ args, flags }, context) {
    const refused = (["enableHelm", "enableAlphaPlugins", "enableExec"] as const).find((name) => flags[name]);
    if (refused !== undefined) throw notBuilt(refused);
    const directory = resolve(args[0] ?? ".");
    const found = await stat(directory).catch(() => undefined);
    if (!found?.isDirectory()) {
      throw new EddyError("NO_DIRECTORY", `'${args[0] ?? "."}' doesn't exist or is not a directory`, {
        class: "terminal",
        hint: "remote targets are not built yet: clone the repository first",
      });
    }
    // Links on the way to the directory are none of the build's business.
    const result = build(await realpath(directory), {
      loadRestrictor: flags.loadRestrictor === "LoadRestrictionsNone" ? "none" : "root",
      order: flags.reorder ?? "legacy",
      ...(flags.enableManagedbyLabel ? { managedByLabel: "kustomize-eddy" } : {}),
      onWarning: (message) => context.status.plain(`# Warning: ${message}`),
    });
    if (flags.output === undefined) return context.print(result.text());
    await writeResult(resolve(flags.output), result);
  },
});

/** Builds a directory. The tree starts at the top, so that bases beside it can be reached: the restrictor says what is read. */
function build(directory: string, options: BuildOptions): BuildResult {
  const { root } = parse(directory);
  try {
    return buildKustomization(diskTree(root), relative(root, directory).split(sep).join("/"), options);
  } catch (error) {
    if (!(error instanceof EddyError) || error.position?.file === undefined) throw error;
    const position = { ...error.position, file: join(root, error.position.file) };
    const hint = error.hint === undefined ? {} : { hint: error.hint };
    throw new EddyError(error.code, error.message, { class: error.class, cause: error, position, ...hint });
  }
}

/** Writes one file, or, into a directory, one an object. */
async function writeResult(path: string, result: BuildResult): Promise<void> {
  const found = await stat(path).catch(() => undefined);
  if (!found?.isDirectory()) return writeFile(path, result.text());
  const objects = result.resources.map((resource) => resource.object());
  for (const [index, name] of fileNames(objects).entries())
    await writeFile(join(path, name), dump(objects[index] as unknown as Json));
}

function notBuilt(key: string): EddyError {
  const name =
    key === "enableHelm"
      ? "--enable-helm: inflating Helm charts"
      : "--enable-alpha-plugins and --enable-exec: running plugins";
  return new EddyError("NOT_BUILT", `${name} is not built`, {
    class: "terminal",
    hint: "render it before, or leave the flag out if nothing needs it",
  });
}
