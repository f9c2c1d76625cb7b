import type { Artifact } from "@eddy/api";
import { formatDuration } from "@eddy/core/duration";
import { EddyError, messageOf } from "@eddy/core/errors";
import { joinPath, type FileTree } from "@eddy/core/tree";
import { StepError } from "@eddy/runtime/controller";
import type { Ports } from "./ports.ts";

/**
 * The artifact's files: shared by the source controller of this process, else fetched over HTTP.
 * @throws StepError ArtifactFailed (waiting when it is not there yet or its digest changed, else retry)
 */
export async function fetchArtifact(artifact: Artifact, ports: Ports, signal: AbortSignal): Promise<FileTree> {
  try {
    return await ports.artifacts.tree(artifact, { signal });
  } catch (cause) {
    if (signal.aborted) throw cause;
    const problem = determineUnreadiness(cause);
    if (!problem) throw new StepError("ArtifactFailed", messageOf(cause), { cause });
    const { requeueDependencyMs } = ports.settings;
    throw new StepError(
      "ArtifactFailed",
      `Source is not ready, ${problem}, retrying in ${formatDuration(requeueDependencyMs)}`,
      {
        class: "waiting",
        retryAfterMs: requeueDependencyMs,
        eventMessage: "",
        cause,
      },
    );
  }
}

// A source's status and its files are not written in one moment: both pass by themselves.
function determineUnreadiness(error: unknown): string | undefined {
  if (!(error instanceof EddyError)) return undefined;
  if (error.code === "ARTIFACT_DIGEST_MISMATCH") return "artifact digest changed";
  const isMissing =
    error.code === "ARTIFACT_NOT_FOUND" ||
    (error.code === "ARTIFACT_FETCH" && error.message.endsWith("artifact not found"));
  return isMissing ? "artifact not found" : undefined;
}

/**
 * The directory that `spec.path` names in the artifact. A path that is not there is a failure, never an empty build:
 * nothing may be pruned because a folder was renamed.
 * @throws StepError ArtifactFailed (retry)
 */
export function resolvePath(tree: FileTree, specPath: string | undefined): string {
  const path = joinPath("", (specPath ?? "").replace(/^\/+/, ""));
  if (path !== undefined && tree.kindOf(path) === "directory") return path;
  const what = path !== undefined && tree.kindOf(path) === "file" ? "is a file" : "no such file or directory";
  throw new StepError("ArtifactFailed", `kustomization path not found: stat ${path ?? specPath}: ${what}`);
}
