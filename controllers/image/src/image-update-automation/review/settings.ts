import { pullRequestsAnnotation, type ImageUpdateAutomation } from "@eddy/api";
import { messageOf } from "@eddy/core/errors";
import { parseForge, parseForgeKind, type Forge } from "@eddy/forge";
import { approvalRequirementOf, approvalsAnnotation } from "@eddy/runtime/approval";
import { StepError } from "@eddy/runtime/controller";
import type { UpdateSource } from "../resolve-source.ts";
import { forgeSecretOf } from "./words.ts";

const limitAnnotation = "eddy.sh/pull-request-limit";
const forgeAnnotation = "eddy.sh/forge";
const forgeApiAnnotation = "eddy.sh/forge-api";

/** Ready's reason for settings that cannot work. */
export const invalidReviewSettings = "InvalidPullRequestConfiguration";

/** How pull requests are asked for. */
export interface ReviewSettings {
  readonly grouping: "grouped" | "per-policy";
  /** The branch that they are for. */
  readonly base: string;
  /** Of this automation open at once. */
  readonly limit: number;
  readonly forge: Forge;
  /** The Secret with the token; undefined: what the repository is reached with. */
  readonly secretName: string | undefined;
}

const defaultLimit = 10;

/**
 * What an automation's annotations ask for. Pure.
 * @throws StepError InvalidPullRequestConfiguration (terminal)
 */
export function readReviewSettings(object: ImageUpdateAutomation, { target, url }: UpdateSource): ReviewSettings {
  const { annotations = {} } = object.metadata;
  const grouping = annotations[pullRequestsAnnotation];
  if (grouping !== "grouped" && grouping !== "per-policy")
    throw invalid(`${pullRequestsAnnotation} is ${JSON.stringify(grouping)}: want "grouped" or "per-policy"`);
  if (target.refspec !== undefined) throw invalid("spec.git.push.refspec cannot be used with pull requests");
  if (approvalRequirementOf(annotations).votesRequired > 0)
    throw invalid(`${approvalsAnnotation} cannot be used with pull requests: whoever merges one has voted`);
  const base = baseOf(target.checkout);
  if (object.spec.git?.push?.branch === undefined || target.branch === base)
    throw invalid(
      `pull requests want a branch of their own in spec.git.push.branch, another than ${JSON.stringify(base)}`,
    );
  const secretName = forgeSecretOf(object);
  return { grouping, base, limit: limitOf(annotations[limitAnnotation]), forge: forgeOf(url, annotations), secretName };
}

function baseOf(checkout: UpdateSource["target"]["checkout"]): string {
  if (checkout.kind === "branch") return checkout.name;
  const head = "refs/heads/";
  if (checkout.kind === "name" && checkout.name.startsWith(head)) return checkout.name.slice(head.length);
  throw invalid(`pull requests want a branch that they are for, and a ${checkout.kind} is checked out`);
}

function limitOf(text: string | undefined): number {
  if (text === undefined) return defaultLimit;
  if (/^[1-9]\d{0,2}$/.test(text)) return Number(text);
  throw invalid(`${limitAnnotation} is ${JSON.stringify(text)}: want a number from 1 to 999`);
}

function forgeOf(url: string, annotations: Readonly<Record<string, string>>): Forge {
  const [kind, api] = [annotations[forgeAnnotation], annotations[forgeApiAnnotation]];
  try {
    const given = { ...(kind ? { kind: parseForgeKind(kind) } : {}), ...(api ? { api } : {}) };
    return parseForge(url, given);
  } catch (cause) {
    const message = messageOf(cause);
    const hint = message.endsWith("say which it is") ? ` (${forgeAnnotation}: github, gitlab, gitea or forgejo)` : "";
    throw invalid(`${message}${hint}`);
  }
}

/** A setting that has to change. */
export function invalid(message: string): StepError {
  return new StepError(invalidReviewSettings, message, { class: "terminal" });
}
