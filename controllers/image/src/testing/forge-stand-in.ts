import { startInbox, type InboxAnswer, type InboxMessage } from "@eddy/inbox";

/** A pull request of the stand-in, as GitHub's API has it. */
export interface StandInPull {
  readonly number: number;
  readonly html_url: string;
  readonly head: { ref: string; sha: string };
  readonly base: { ref: string };
  title: string;
  body: string;
  state: "open" | "closed";
  merged_at: string | null;
}

/** GitHub's pull requests over the repositories of a bed, in process. */
export interface ForgeStandIn {
  readonly url: string;
  readonly pulls: StandInPull[];
  /** Requests since the last look: `GET`, `POST`, …, without those that only look. */
  changes(): string[];
  /** Answers before the stand-in does, until it is left. */
  intercept(answer: (message: InboxMessage) => InboxAnswer | undefined): void;
  /** What it would answer. */
  respond(message: InboxMessage): InboxAnswer;
  /** Merges as one commit, by Git itself. @throws where it conflicts */
  squash(number: number): void;
  /** Has a repository without pull requests, and no other: who still asks about one of before is not heard. */
  enter(repository: string): void;
  /** Has none. */
  leave(): void;
  stop(): Promise<void>;
}

/** Starts one. `git` runs Git in the repository. */
export async function startForgeStandIn(git: (...args: string[]) => string): Promise<ForgeStandIn> {
  const pulls: StandInPull[] = [];
  let repository = "";
  let made: string[] = [];
  let first: (message: InboxMessage) => InboxAnswer | undefined = () => undefined;
  const answer = (message: InboxMessage): InboxAnswer => {
    if (repository === "" || !message.path.startsWith(`/repos/${repository}/pulls`))
      return { status: 404, body: { message: "Not Found" } };
    if (message.method !== "GET") made.push(message.method);
    return first(message) ?? respond(message);
  };
  const inbox = await startInbox({ answer });
  const respond = ({ method, path, body, headers }: InboxMessage): InboxAnswer => {
    if (headers.authorization !== "Bearer forge-token") return { status: 401, body: { message: "Bad credentials" } };
    const { pathname, searchParams } = new URL(path, "http://forge");
    const [, number] = /\/pulls\/(\d+)$/.exec(pathname) ?? [];
    if (method === "GET") return { body: list(searchParams) };
    const sent = JSON.parse(body) as Record<"head" | "base" | "title" | "body" | "state", string>;
    if (method === "POST") return open(sent);
    const pull = pulls.find((one) => String(one.number) === number);
    if (!pull) return { status: 404, body: { message: "Not Found" } };
    Object.assign(pull, sent);
    return { body: pull };
  };
  const list = (query: URLSearchParams): StandInPull[] => {
    const head = query.get("head")?.split(":")[1];
    for (const pull of pulls) if (pull.state === "open") pull.head.sha = git("rev-parse", pull.head.ref);
    return pulls
      .filter(({ state }) => query.get("state") === "all" || state === "open")
      .filter(({ head: { ref } }) => head === undefined || ref === head)
      .toReversed();
  };
  const open = ({ head, base, title, body }: Record<"head" | "base" | "title" | "body", string>): InboxAnswer => {
    const isOpen = pulls.some(({ state, head: { ref } }) => state === "open" && ref === head);
    const isEmpty = git("rev-list", "--count", `${base}..${head}`) === "0";
    if (isOpen || isEmpty) return { status: 422, body: { message: "Validation Failed" } };
    const number = pulls.length + 1;
    const pull: StandInPull = {
      number,
      html_url: `https://forge.example.org/pull/${number}`,
      head: { ref: head, sha: git("rev-parse", head) },
      base: { ref: base },
      title,
      body,
      state: "open",
      merged_at: null,
    };
    pulls.push(pull);
    return { status: 201, body: pull };
  };
  return {
    url: inbox.url,
    pulls,
    respond,
    changes() {
      const seen = made;
      made = [];
      return seen;
    },
    intercept(answer) {
      first = answer;
    },
    squash(number) {
      const pull = pulls[number - 1];
      if (!pull) throw new Error(`no pull request ${number}`);
      const [tree = ""] = git("merge-tree", "--write-tree", "main", pull.head.ref).split("\n");
      pull.head.sha = git("rev-parse", pull.head.ref);
      const by = ["-c", "user.name=Jane", "-c", "user.email=jane@example.org"];
      const commit = git(...by, "commit-tree", tree, "-p", "main", "-m", pull.title);
      git("update-ref", "refs/heads/main", commit);
      Object.assign(pull, { state: "closed", merged_at: "2026-01-01T00:00:00Z" });
    },
    enter(entered) {
      repository = entered;
      pulls.length = 0;
      made = [];
    },
    leave() {
      repository = "";
      first = () => undefined;
    },
    stop: () => inbox.stop(),
  };
}
