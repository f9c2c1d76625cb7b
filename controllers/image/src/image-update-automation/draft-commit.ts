import type { ImageUpdateAutomation } from "@eddy/api";
import type { CommitDraft } from "@eddy/git";
import type { EditPlan } from "@eddy/source-edit";
import { renderMessage } from "./render-message.ts";

/**
 * The commit of a plan, as the automation says. Pure.
 * @throws StepError as {@link renderMessage}
 */
export function draftCommit({ metadata, spec }: ImageUpdateAutomation, { files, changes }: EditPlan): CommitDraft {
  const commit = spec.git?.commit;
  const message = renderMessage(commit?.messageTemplate, {
    name: metadata.name,
    namespace: metadata.namespace ?? "",
    changes,
    values: commit?.messageTemplateValues ?? {},
  });
  const { name = "", email = "" } = commit?.author ?? {};
  return { files, message, author: { name, email } };
}
