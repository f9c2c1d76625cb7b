import { commitStatusTypes, type Alert, type Provider, type ProviderType } from "@eddy/api";
import { eventGroupPrefix, type FluxEvent, formatInvolvedObject, objectGroupPrefix } from "../event/flux-event.ts";

/** Whether an alert's event goes to its provider: `Drop` without a word, `Log` with one, `Refuse` with a warning. */
export type Route =
  | { name: "Send" }
  | { name: "Drop" }
  | { name: "Log"; message: string }
  | { name: "Refuse"; message: string };

const commentTypes: readonly ProviderType[] = [
  "githubpullrequestcomment",
  "gitlabmergerequestcomment",
  "giteapullrequestcomment",
];

/** Decides by the event as its controller made it. Pure. Source: flux2.md 3.8 "Provider routing". */
export function determineRoute(
  event: FluxEvent,
  alert: Alert,
  provider: Provider,
  { noCrossNamespaceRefs }: { noCrossNamespaceRefs: boolean },
): Route {
  const { involvedObject, metadata = {}, severity } = event;
  if (noCrossNamespaceRefs && involvedObject.namespace !== alert.metadata.namespace) {
    const name = `${alert.metadata.namespace}/${alert.metadata.name}`;
    return {
      name: "Refuse",
      message: `discarding event, access denied to cross-namespace sources: alert '${name}' can't process event from '${formatInvolvedObject(involvedObject)}', cross-namespace references have been blocked`,
    };
  }
  if (provider.spec.suspend) return { name: "Drop" };
  const { type } = provider.spec;
  const isCommitStatus = commitStatusTypes.includes(type);
  const isUpdate = metadata[`${objectGroupPrefix(involvedObject)}commit_status`] === "update";
  if (isUpdate && !isCommitStatus && type !== "generic" && type !== "generic-hmac") return { name: "Drop" };
  const hasCommit = (metadata[`${eventGroupPrefix}commit`] ?? "") !== "";
  if (isCommitStatus && !hasCommit && !isUpdate && severity !== "error") {
    return { name: "Log", message: "event dropped for commit status providers due to missing commit metadata key" };
  }
  const hasChangeRequest = (metadata[`${eventGroupPrefix}change_request`] ?? "") !== "";
  if (commentTypes.includes(type) && !hasChangeRequest) {
    return {
      name: "Log",
      message: "event dropped for change request providers due to missing change request metadata key",
    };
  }
  return { name: "Send" };
}
