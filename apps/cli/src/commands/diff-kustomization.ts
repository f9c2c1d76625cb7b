import { kustomizationKind } from "@eddy/api";
import { requiredName } from "../command/chosen-kind.ts";
import type { CommandContext } from "../command/context.ts";
import { defineCommand, type Command } from "../command/define-command.ts";
import { flag, type FlagValues } from "../command/flag.ts";
import { describeFailure } from "../describe-failure.ts";
import { neutralise } from "../output/terminal-text.ts";
import { parseLocalSources, previewFlags } from "../preview/preview-flags.ts";
import type { ObjectChange } from "../preview/diff-preview.ts";

const flags = {
  ...previewFlags,
  progressBar: flag.boolean("show how far it is, on a terminal", { fallback: true }),
  ignoreNotFound: flag.boolean("take a Kustomization that is only in --kustomization-file for a new one"),
  output: flag.oneOf(["json"], "print the changes as data", { short: "o" }),
};

const differs = "identified at least one change, exiting with non-zero exit code";

/**
 * `diff kustomization`: what a pass would change in the cluster. Exits with 0 for nothing, 1 for changes, 2 when they could not
 * be found out. Source of flags, texts and codes: fluxcd/flux2 2.9.5 cmd/flux/diff_kustomization.go; `-o json` is our own.
 */
export const diffKustomizationCommand: Command = defineCommand({
  path: ["diff"],
  summary: "Diff Kustomization",
  details:
    "Builds the manifests of a folder, asks the server what applying them would change, by a dry-run, and prints it. Values of " +
    "Secrets are masked. Exit status: 0 no differences, 1 there are some, >1 an error.",
  kinds: { where: (kind) => kind === kustomizationKind, words: "path" },
  args: [{ name: "name", completesObjects: true }],
  flags,
  examples: [
    ["Preview local changes as they would be applied", "diff kustomization my-app --path ./manifests"],
    [
      "Preview a changed Kustomization",
      "diff kustomization my-app --path ./manifests --kustomization-file ./my-app.yaml",
    ],
    ["The changes as data", "diff kustomization my-app --path ./manifests -o json"],
  ],
  async run({ args, flags: values }, context) {
    const name = requiredName("kustomization", args);
    const { requireFile } = await import("../preview/load-kustomization.ts");
    // Upstream has this error with the code of a difference.
    if (values.kustomizationFile !== undefined) await requireFile(values.kustomizationFile);
    const progress = createProgress(context, values.progressBar);
    try {
      const changes = await findChanges(name, values, context, progress.show);
      progress.end();
      return await printChanges(changes, values.output === "json", context);
    } catch (error) {
      progress.end();
      const { message, hint } = describeFailure(error, { verbose: context.flags.verbose });
      context.status.failure(message);
      if (hint !== undefined) context.status.plain(`  ${hint}`);
      return 2;
    }
  },
});

async function findChanges(
  name: string,
  values: FlagValues<typeof flags>,
  context: CommandContext,
  onObject: (name: string, done: number, total: number) => void,
): Promise<ObjectChange[]> {
  const { openLocalFolder } = await import("../preview/local-folder.ts");
  const { loadKustomization } = await import("../preview/load-kustomization.ts");
  const { diffPreview } = await import("../preview/diff-preview.ts");
  const { path = "", kustomizationFile: file, ignoreNotFound, recursive } = values;
  await openLocalFolder(path, { withinWorkingDirectory: values.inMemoryBuild });
  const localSources = parseLocalSources(values.localSources);
  const [kube, namespace] = [await context.kube(), await context.namespace()];
  const object = await loadKustomization({ name, namespace, file, kube, ignoreNotFound });
  return diffPreview(object, path, {
    kube,
    ignorePaths: values.ignorePaths,
    strict: values.strictSubstitute,
    inMemory: values.inMemoryBuild,
    localSources,
    recursive,
    signal: context.signal,
    onObject,
  });
}

async function printChanges(
  changes: readonly ObjectChange[],
  isJson: boolean,
  { io, print, status }: CommandContext,
): Promise<number> {
  const { changesToJson, formatObjectChanges, neutraliseChanges } = await import("../preview/format-changes.ts");
  const { isChange } = await import("../preview/diff-preview.ts");
  if (isJson) print(`${JSON.stringify(changesToJson(changes), undefined, 2)}\n`);
  else {
    const isTerminal = io.stdout.isTTY === true;
    const colour = isTerminal && io.env["NO_COLOR"] === undefined;
    const width = (isTerminal ? io.stdout.columns : undefined) ?? 80;
    print(formatObjectChanges(isTerminal ? neutraliseChanges(changes) : changes, { colour, width }));
  }
  if (!changes.some(isChange)) return 0;
  status.warning(differs);
  return 1;
}

/** One line on the terminal that says which object is asked about, and is gone at the end. */
function createProgress(
  { io }: CommandContext,
  isWanted: boolean,
): { show(name: string, done: number, total: number): void; end(): void } {
  let isShown = false;
  const write = (text: string): void => {
    if (isWanted && io.stderr.isTTY === true) io.stderr.write(text);
  };
  return {
    show(name, done, total) {
      isShown = true;
      write(`\r\u001b[K Kustomization diffing... running dry-run ${done}/${total} ${neutralise(name)}`);
    },
    end() {
      if (isShown) write("\r\u001b[K");
    },
  };
}
