import { EddyError } from "@eddy/core/errors";
import { flag, type FlagSpec } from "../command/flag.ts";

/** Flags of `build kustomization` and `diff kustomization`. Source: fluxcd/flux2 2.9.5 cmd/flux. */
export const previewFlags: {
  path: FlagSpec<string | undefined>;
  kustomizationFile: FlagSpec<string | undefined>;
  ignorePaths: FlagSpec<readonly string[]>;
  strictSubstitute: FlagSpec<boolean>;
  recursive: FlagSpec<boolean>;
  localSources: FlagSpec<readonly string[]>;
  inMemoryBuild: FlagSpec<boolean>;
} = {
  path: flag.text("path to the manifests: the folder that spec.path names"),
  kustomizationFile: flag.text("path to the file with the Kustomization, used instead of the one in the cluster"),
  ignorePaths: flag.list("set paths to ignore in .gitignore format"),
  strictSubstitute: flag.boolean(
    "fail where a variable without a default value is in the files but not among the variables",
  ),
  recursive: flag.boolean("do the same for every Kustomization that is found", { short: "r" }),
  localSources: flag.list("folders of sources, comma-separated: Kind/namespace/name=path"),
  inMemoryBuild: flag.boolean("read only files of the working directory; no build writes any"),
};

/** `Kind/namespace/name=path` entries as a map. @throws EddyError INVALID_FLAG (terminal) */
export function parseLocalSources(entries: readonly string[]): Map<string, string> {
  return new Map(
    entries.map((entry) => {
      const at = entry.indexOf("=");
      if (at <= 0)
        throw new EddyError(
          "INVALID_FLAG",
          `invalid argument ${JSON.stringify(entry)} for --local-sources: want Kind/namespace/name=path`,
          { class: "terminal" },
        );
      return [entry.slice(0, at), entry.slice(at + 1)];
    }),
  );
}
