import { imageUpdateReasons, type ImageUpdateAutomation } from "@eddy/api";
import { messageOf } from "@eddy/core/errors";
import { parseReference } from "@eddy/core/image";
import { joinPath, type FileTree } from "@eddy/core/tree";
import { StepError } from "@eddy/runtime/controller";
import { planEdits, type EditPlan } from "@eddy/source-edit";
import type { ReadyPolicy } from "./select-policies.ts";

const maxUnmarked = 500_000;

/**
 * What the policies' images change in the files. `unmarked`: see `EditScope` of the edits.
 * @throws StepError InvalidUpdateStrategy (terminal), UpdateFailed (retry)
 */
export function planUpdate(
  tree: FileTree,
  { spec }: ImageUpdateAutomation,
  policies: readonly ReadyPolicy[],
  unmarked?: Set<string>,
): EditPlan {
  const strategy = spec.update?.strategy ?? "Setters";
  if (spec.update === undefined || strategy !== "Setters") {
    const message = spec.update === undefined ? "no update strategy" : `unsupported update strategy: ${strategy}`;
    throw new StepError(imageUpdateReasons.invalidUpdateStrategy, message, { class: "terminal" });
  }
  // Identities cost memory; they are found again.
  if (unmarked && unmarked.size > maxUnmarked) unmarked.clear();
  const path = updatePath(spec.update.path);
  if (tree.kindOf(path) === undefined) throw failed(`walking path for files: lstat ${path}: no such file or directory`);
  const images = policies.map(({ name: policy, namespace, image }) => {
    checkImage(`${image.name}:${image.tag}${image.digest ? `@${image.digest}` : ""}`);
    return { namespace, policy, ...image };
  });
  return planEdits(tree, [{ kind: "markers", images }], { paths: [path], ...(unmarked ? { unmarked } : {}) });
}

/** A path inside the repository, whatever it says: steps that would lead out of it lead to its root. */
export function updatePath(path: string | undefined): string {
  let inside = "";
  for (const step of (path ?? "").split("/")) {
    if (step === "..") inside = inside.slice(0, Math.max(0, inside.lastIndexOf("/")));
    else inside = joinPath(inside, step) ?? inside;
  }
  return inside;
}

function checkImage(text: string): void {
  try {
    parseReference(text);
  } catch (cause) {
    throw failed(`encountered invalid image ref ${JSON.stringify(text)}: ${messageOf(cause)}`, cause);
  }
}

function failed(message: string, cause?: unknown): StepError {
  return new StepError(imageUpdateReasons.updateFailed, `failed to apply policies: ${message}`, {
    class: "retry",
    ...(cause === undefined ? {} : { cause }),
  });
}
