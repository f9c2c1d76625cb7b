import { systemClock } from "@eddy/core/clock";
import { connect, parseAddress } from "../connect.ts";
import { withDeadline } from "../deadline.ts";
import { GitError } from "../errors.ts";
import type { Transport } from "../transport.ts";
import type { BuiltCommit } from "./build-commit.ts";
import type { PushChangeOptions } from "./change.ts";
import { encodePack } from "./encode-pack.ts";
import { encodePush, type PushReport, readPushReport, type RefUpdate } from "./receive-pack.ts";

const maxRefBytes = 64 * 1024 * 1024;
const maxReportBytes = 16 * 1024 * 1024;

/** How a push ended. */
export type SendOutcome =
  | { readonly kind: "accepted"; readonly refs: readonly string[] }
  /** A ref is not where it was expected: begin again from the new head. */
  | { readonly kind: "moved" }
  | { readonly kind: "refused"; readonly error: GitError };

/** Where a push goes. */
export interface SendTarget {
  /** Full name of the branch, and where it was when the commit was made. */
  readonly branch: string;
  readonly base: string | undefined;
  /** Full name of another ref that gets the commit. */
  readonly other: string | undefined;
  /** Whether the commit of a ref is in the history of `base`; asked where another ref is not at `base`. */
  readonly isInHistory: (oid: string) => Promise<boolean>;
}

/** Sends a commit and its new objects to `git-receive-pack`. What is not where it was expected is not moved. */
export async function sendCommit(
  url: string,
  commit: BuiltCommit,
  target: SendTarget,
  options: PushChangeOptions,
): Promise<SendOutcome> {
  const clock = options.clock ?? systemClock;
  const transport = connect(parseAddress(url), { ...options, clock, maxRefBytes, service: "git-receive-pack" });
  try {
    return await withDeadline({ clock, timeoutMs: options.timeoutMs ?? 60_000, signal: options.signal }, (signal) =>
      exchange(transport, commit, target, options, signal),
    );
  } finally {
    transport.close();
  }
}

async function exchange(
  transport: Transport,
  commit: BuiltCommit,
  target: SendTarget,
  options: PushChangeOptions,
  signal: AbortSignal,
): Promise<SendOutcome> {
  const advertisement = await transport.advertisement(signal);
  if (advertisement.version !== 0) throw new GitError("protocol", "push: the server speaks an unknown version");
  const refs = new Map(advertisement.refs.map(({ name, oid }) => [name, oid]));
  if (refs.get(target.branch) === commit.oid) return { kind: "accepted", refs: [target.branch] };
  if (refs.get(target.branch) !== target.base) return { kind: "moved" };
  const updates: RefUpdate[] = [{ name: target.branch, old: target.base, new: commit.oid }];
  if (target.other !== undefined) {
    const old = refs.get(target.other);
    const isForward = old === undefined || old === target.base || (await target.isInHistory(old));
    if (!isForward) return refused(`non-fast-forward update: ${target.other}`);
    updates.push({ name: target.other, old, new: commit.oid });
  }
  const body = encodePush(
    updates,
    encodePack(commit.objects.values()),
    advertisement.capabilities,
    options.pushOptions,
  );
  const reader = await transport.send(body, { signal, maxBytes: maxReportBytes });
  try {
    return judge(await readPushReport(reader, advertisement.capabilities, updates), updates);
  } finally {
    await reader.finish();
  }
}

function refused(detail: string): SendOutcome {
  return { kind: "refused", error: new GitError("rejected", `failed to push to remote: ${detail}`) };
}

/** What other writers cause at the same moment. Source: Git's `receive-pack.c`, `refs.c`. */
const races =
  /cannot lock ref|failed to (?:update|lock) ref|fetch first|reference already exists|unable to resolve reference/i;

function judge(report: PushReport, updates: readonly RefUpdate[]): SendOutcome {
  if (report.refused.size === 0) return { kind: "accepted", refs: updates.map(({ name }) => name) };
  const [own] = [...report.refused].filter(([, reason]) => !/atomic|transaction/i.test(reason));
  const [name, reason] = own ?? [...report.refused][0] ?? ["", ""];
  if (races.test(reason)) return { kind: "moved" };
  const remark = report.remarks === "" ? "" : `: ${firstLines(report.remarks)}`;
  return refused(`command error on ${name}: ${reason}${remark}`);
}

function firstLines(text: string): string {
  const lines = text.split("\n").map((line) => line.replaceAll(/[^\x20-\x7e\u00a0-\uffff]/g, "").trim());
  return lines
    .filter((line) => line !== "")
    .slice(0, 5)
    .join("; ")
    .slice(0, 500);
}
