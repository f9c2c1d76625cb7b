import { approvalKind, eddyGroup, type Approval } from "@eddy/api";
import { EddyError } from "@eddy/core/errors";
import type { KubeClient } from "@eddy/kube";

/** Every Approval that this client may see, oldest first. @throws KubeApiError Forbidden */
export async function listApprovals(kube: KubeClient, namespace = ""): Promise<Approval[]> {
  const { items } = await kube.list({ group: eddyGroup, kind: "Approval" }, { namespace });
  const age = ({ metadata }: Approval): string => metadata.creationTimestamp ?? "";
  return items.map((item) => approvalKind.decode(item)).sort((left, right) => (age(left) < age(right) ? -1 : 1));
}

/** As Keel has it: `<kind>/<namespace>/<name>:<version>`. */
export function identifierOf({ metadata, spec }: Approval): string {
  const { kind, name } = spec.subject;
  return `${kind.toLowerCase()}/${metadata.namespace ?? ""}/${name}:${versionOf(spec.to)}`;
}

/** The tag of the first image. */
function versionOf(to: string): string {
  const first = to.split(", ", 1)[0] ?? "";
  const bare = first.split("@", 1)[0] ?? "";
  return bare.slice(bare.lastIndexOf(":") + 1);
}

/**
 * The one Approval that is meant, by {@link identifierOf}, `<namespace>/<name>`, name, uid or `<kind>/<name>` of its subject: an open
 * one before those that are decided.
 * @throws EddyError APPROVAL_UNKNOWN (terminal): none, or several
 */
export function findApproval(approvals: readonly Approval[], text: string): Approval {
  const wanted = text.trim().toLowerCase();
  const matching = approvals.filter((approval) => {
    const { name, namespace = "", uid } = approval.metadata;
    const { subject } = approval.spec;
    const ofSubject = `${subject.kind.toLowerCase()}/${subject.name}`;
    return [identifierOf(approval), `${namespace}/${name}`, name, uid, ofSubject].includes(wanted);
  });
  const open = matching.filter(({ status }) => (status?.phase ?? "Pending") === "Pending");
  const [found, ...more] = open.length > 0 ? open : matching;
  if (found && more.length === 0) return found;
  const shown = JSON.stringify(text.slice(0, 200));
  throw new EddyError(
    "APPROVAL_UNKNOWN",
    found
      ? `${shown} is more than one approval: name it as ${found.metadata.namespace ?? ""}/${found.metadata.name}`
      : `there is no approval ${shown}`,
    { class: "terminal" },
  );
}
