/**
 * What pull requests say: title, text, what changes, and the mark by which Eddy knows its own again.
 *
 * Not how forges are asked (`@eddy/forge`). Entry points: {@link composePullRequest} and {@link parseMark}.
 */
export { changeRows, formatChangeTable, type ChangeRow } from "./change-table.ts";
export {
  composePullRequest,
  isCurrentText,
  type ProposedChange,
  type PullRequestText,
} from "./compose-pull-request.ts";
export { parseMark, withoutMark, type PullRequestMark } from "./mark.ts";
