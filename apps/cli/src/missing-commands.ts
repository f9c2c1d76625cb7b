import { EddyError } from "@eddy/core/errors";

/** Commands of flux that there are not, and what to do instead. README's table of flux names them too. */
const missing: Readonly<Record<string, string>> = {
  bootstrap:
    "install with `eddy install`, then follow your repository: `eddy create source git`, `eddy create kustomization`",
  plugin: "call the program of the plugin by itself",
  uninstall:
    "stop the Deployment eddy-server before you delete anything: while it runs, it prunes what a deleted Kustomization applied",
};

/** Refuses a command that only flux has. @throws EddyError USAGE (terminal) with what to do instead */
export function refuseMissingCommand(word: string | undefined): void {
  if (word === undefined || !Object.hasOwn(missing, word)) return;
  const message = `flux's command ${JSON.stringify(word)} is not in eddy yet`;
  throw new EddyError("USAGE", message, { class: "terminal", hint: missing[word] ?? "" });
}
