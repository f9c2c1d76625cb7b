import { sourceReasons, type Artifact } from "@eddy/api";
import { messageOf } from "@eddy/core/errors";
import type { Run } from "@eddy/runtime/controller";
import type { SourcePorts } from "../source/ports.ts";
import type { Source } from "../source/source.ts";

/**
 * Points a fixed name, like `latest.tar.gz`, at the artifact, and says under which URL: `status.url`. A disk that refuses is told
 * by an event and gives undefined: the artifact itself is there. Source: source-controller, SymlinkUpdateFailed.
 */
export async function linkArtifact<T extends Source>(
  run: Run<T>,
  artifact: Artifact,
  name: string,
  { artifacts }: Pick<SourcePorts, "artifacts">,
): Promise<string | undefined> {
  try {
    return await artifacts.link(artifact, name);
  } catch (error) {
    run.event({
      severity: "error",
      reason: sourceReasons.symlinkUpdateFailed,
      message: `failed to update status URL symlink: ${messageOf(error)}`,
    });
    return undefined;
  }
}
