import { sourceConditionTypes, type GitRepository } from "@eddy/api";
import type { SourceWords } from "../source/report.ts";

const maxSubject = 50;

/** How GitRepositories tell what they stored. */
export const gitRepositoryWords: SourceWords<GitRepository> = {
  failures: [
    sourceConditionTypes.fetchFailed,
    sourceConditionTypes.includeUnavailable,
    sourceConditionTypes.storageOperationFailed,
  ],
  readyMessage: ({ revision }) => `stored artifact for revision '${revision}'`,
};

/** The event's message: names the commit by its subject, or by the revision where there is none. */
export function storedMessage(commitMessage: string): string {
  return `stored artifact for commit '${shortMessage(commitMessage)}'`;
}

/** The first line of a commit message, cut after 50 characters. Source: fluxcd/pkg/git `Commit.ShortMessage`. */
export function shortMessage(message: string): string {
  const subject = Array.from(message.split("\n", 1)[0] ?? "");
  return subject.length > maxSubject ? `${subject.slice(0, maxSubject).join("")}...` : subject.join("");
}
