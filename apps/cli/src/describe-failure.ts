import { EddyError, formatPosition, messageOf } from "@eddy/core/errors";
import type { KubeApiError } from "@eddy/kube";

/** An error for a person: what happened, and what to do next where that is known. */
export function describeFailure(
  error: unknown,
  options: { verbose: boolean },
): { message: string; hint: string | undefined } {
  const position = error instanceof EddyError ? formatPosition(error.position) : "";
  const message = position === "" ? messageOf(error) : `${position}: ${messageOf(error)}`;
  const stack = options.verbose && error instanceof Error ? `\n${error.stack ?? ""}` : "";
  return { message: `${message}${stack}`, hint: hintOf(error) };
}

function hintOf(error: unknown): string | undefined {
  if (error instanceof EddyError && error.hint !== undefined) return error.hint;
  // By name: loading the client for `eddy --help` would cost more than the help does.
  if (error instanceof Error && error.name === "KubeConnectionError")
    return "check that the cluster is running and that --kubeconfig and --context name it";
  if (!(error instanceof Error) || error.name !== "KubeApiError") return undefined;
  switch ((error as KubeApiError).status.reason) {
    case "Unauthorized":
      return "check the credentials of the kubeconfig";
    case "Forbidden":
      return "ask for the permission, or act as somebody who has it with --as";
    case "NoKindMatch":
      return "install the kinds with `eddy install`";
    case "NotFound":
      return "check the name and --namespace; `eddy get all -A` lists what there is";
    default:
      return undefined;
  }
}
