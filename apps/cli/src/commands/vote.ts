import { approvalKind, type Approval, type ApprovalVote } from "@eddy/api";
import { messageOf } from "@eddy/core/errors";
import { reflect } from "@eddy/kube";
import { castOwnVote, findApproval, identifierOf, listApprovals } from "@eddy/runtime/approval";
import { kindRefOf } from "../cluster/objects.ts";
import { requiredName } from "../command/chosen-kind.ts";
import type { CommandContext } from "../command/context.ts";
import { defineCommand, type Command } from "../command/define-command.ts";
import { flag } from "../command/flag.ts";

const countedMs = 5_000;

/** `approve`: votes for changes that wait. The rest goes on when one is refused; the exit code is 1 then. */
export const approveCommand: Command = voteCommand("approve", "Approve changes that wait for votes");

/** `reject`: votes against changes that wait. */
export const rejectCommand: Command = voteCommand("reject", "Reject changes that wait for votes");

function voteCommand(choice: ApprovalVote["choice"], summary: string): Command {
  return defineCommand({
    path: [choice],
    summary,
    details:
      "Votes as who you are in the cluster. An approval is named as `eddy get approvals` shows it, by <kind>/<name> of what changes, or as Keel names it: <kind>/<namespace>/<name>:<version>.",
    args: [{ name: "approval", many: true }],
    flags: { allNamespaces: flag.boolean("look for the approvals in all namespaces", { short: "A" }) },
    examples: [
      ["By what changes", `${choice} deployment/web`],
      ["As Keel names it", `${choice} deployment/shop/web:1.2.3`],
    ],
    async run({ args, flags }, context) {
      requiredName("approval", args);
      const kube = await context.kube();
      const isElsewhere = flags.allNamespaces || args.some((arg) => arg.split("/").length > 2);
      const approvals = await listApprovals(kube, isElsewhere ? "" : await context.namespace());
      let failures = 0;
      for (const text of new Set(args)) {
        try {
          await vote(findApproval(approvals, text), choice, context);
        } catch (error) {
          failures++;
          context.status.failure(messageOf(error));
        }
      }
      return failures === 0 ? 0 : 1;
    },
  });
}

async function vote(found: Approval, choice: ApprovalVote["choice"], context: CommandContext): Promise<void> {
  const key = { namespace: found.metadata.namespace ?? "", name: found.metadata.name };
  context.status.action(`${choice === "approve" ? "approving" : "rejecting"} ${identifierOf(found)}`);
  const { voter, approval } = await castOwnVote(key, choice, { kube: await context.kube(), clock: context.clock });
  context.status.success(`voted as ${voter}`);
  const counted = await untilCounted(approval, voter, context);
  if (counted?.status?.message) context.status.success(counted.status.message);
  else context.status.waiting("the vote is written; Eddy has not counted it yet");
}

/** The Approval once the controller has looked at the vote; undefined where it does not in time. */
async function untilCounted(approval: Approval, voter: string, context: CommandContext): Promise<Approval | undefined> {
  const { namespace = "", name } = approval.metadata;
  const found = Promise.withResolvers<Approval | undefined>();
  const isCounted = ({ status }: Approval): boolean =>
    status?.phase !== undefined && (status.phase !== "Pending" || status.voters?.includes(voter) === true);
  const reflection = reflect<Approval>(
    await context.kube(),
    kindRefOf(approvalKind),
    { namespace, fieldSelector: `metadata.name=${name}`, transform: (object) => approvalKind.decode(object) },
    ({ type, object }) => {
      if (type !== "Deleted" && isCounted(object)) found.resolve(object);
    },
  );
  const cancel = context.clock.after(countedMs, () => found.resolve(undefined));
  try {
    return await found.promise;
  } finally {
    cancel();
    reflection.stop();
  }
}
