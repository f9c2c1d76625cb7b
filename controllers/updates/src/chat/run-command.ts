import { eddyGroup, type Approval } from "@eddy/api";
import { messageOf } from "@eddy/core/errors";
import { valueAt, type KubeObject } from "@eddy/core/object";
import { hasReason } from "@eddy/kube";
import { castVote, findApproval, identifierOf, listApprovals, type ApprovalPorts } from "@eddy/runtime/approval";
import { formatRows } from "./format-rows.ts";

/** Who writes in a chat. */
export interface ChatUser {
  /** User name as RBAC has it: `slack:U024BE7LH`. */
  readonly name: string;
  readonly via: "slack" | "mattermost" | "teams";
}

const maxRows = 50;
const help = `Commands:
  help
  get deployments
  get approvals
  approve <identifier>
  reject <identifier>
  rm approval <identifier>`;

/** Runs one of Keel's chat commands, as the user: RBAC decides. Resolves with the answer, also with why not. Source: spec 2.6. */
export async function runCommand(text: string, user: ChatUser, ports: ApprovalPorts): Promise<string> {
  const words = text
    .replace(/<[^>]{0,200}>/g, " ")
    .trim()
    .split(/\s+/)
    .slice(0, 10);
  const [verb = "", second = "", third = ""] = words;
  try {
    if (verb === "approve" || verb === "reject") return await vote(verb, words.slice(1).join(" "), user, ports);
    if (verb === "get" && second.startsWith("approval")) return await showApprovals(user, ports);
    if (verb === "get" && second.startsWith("deployment")) return await showDeployments(user, ports);
    if (verb === "rm" && second === "approval") return await remove(third, user, ports);
    return verb === "help" || verb === "" ? help : `I do not know ${JSON.stringify(text.slice(0, 60))}.\n${help}`;
  } catch (error) {
    return hasReason(error, "Forbidden") ? `${user.name} may not do that: ${messageOf(error)}` : messageOf(error);
  }
}

async function vote(
  choice: "approve" | "reject",
  identifier: string,
  { name, via }: ChatUser,
  ports: ApprovalPorts,
): Promise<string> {
  // Naming an approval tells nothing of it: whoever may vote need not be allowed to list.
  const { metadata } = findApproval(await listApprovals(ports.kube), identifier);
  const key = { namespace: metadata.namespace ?? "", name: metadata.name };
  const state = await castVote(key, { voter: name, choice, via }, ports);
  return `${choice === "approve" ? "Approved" : "Rejected"} by ${name}: ${state.message}`;
}

async function remove(identifier: string, { name }: ChatUser, { kube }: ApprovalPorts): Promise<string> {
  const own = kube.impersonate({ user: name });
  const { metadata } = findApproval(await listApprovals(own), identifier);
  await own.delete({ group: eddyGroup, kind: "Approval", namespace: metadata.namespace ?? "", name: metadata.name });
  return `Removed ${metadata.namespace ?? ""}/${metadata.name}`;
}

async function showApprovals({ name }: ChatUser, { kube }: ApprovalPorts): Promise<string> {
  const open = (await listApprovals(kube.impersonate({ user: name }))).filter(({ status }) =>
    ["Pending", "Approved", "Rejected"].includes(status?.phase ?? "Pending"),
  );
  if (open.length === 0) return "No approvals";
  return formatRows(
    ["Identifier", "Delta", "Votes", "Rejected", "Provider", "Created"],
    open.slice(0, maxRows).map(rowOf),
  );
}

function rowOf(approval: Approval): string[] {
  const { spec, status, metadata } = approval;
  const isRelease = spec.subject.kind === "HelmRelease";
  return [
    identifierOf(approval),
    `${spec.from} -> ${spec.to}`,
    `${status?.votesReceived ?? 0}/${spec.votesRequired}`,
    String(status?.phase === "Rejected"),
    isRelease ? "helm" : "kubernetes",
    metadata.creationTimestamp ?? "",
  ];
}

async function showDeployments({ name }: ChatUser, { kube }: ApprovalPorts): Promise<string> {
  const { items } = await kube.impersonate({ user: name }).list({ group: "apps", kind: "Deployment" });
  if (items.length === 0) return "No deployments";
  return formatRows(["NAMESPACE", "NAME", "READY", "IMAGES"], items.slice(0, maxRows).map(deploymentRow));
}

function deploymentRow(object: KubeObject): string[] {
  const containers = valueAt(object, "spec", "template", "spec", "containers");
  const images = Array.isArray(containers) ? (containers as unknown[]).map((one) => String(valueAt(one, "image"))) : [];
  const count = (...path: string[]): string => String(valueAt(object, ...path) ?? 0);
  const ready = `${count("status", "readyReplicas")}/${count("spec", "replicas")}`;
  return [object.metadata.namespace ?? "", object.metadata.name, ready, images.join(", ")];
}
