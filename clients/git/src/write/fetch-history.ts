import { systemClock } from "@eddy/core/clock";
import { buildPackIndex } from "../build-pack-index.ts";
import { connect, parseAddress } from "../connect.ts";
import { withDeadline } from "../deadline.ts";
import { encodeHistoryV2, readFetchAnswer } from "../fetch-pack.ts";
import { type CommitObject, parseCommit } from "../object.ts";
import { createPackSink } from "../pack-sink.ts";
import type { OpenRepositoryOptions } from "../remote.ts";
import type { Transport } from "../transport.ts";

const maxRefBytes = 64 * 1024 * 1024;
const maxPackBytes = 256 * 1024 * 1024;

/** Commits by their ids. */
export type CommitHistory = ReadonlyMap<string, CommitObject>;

/**
 * The commits between two, `have` excluded, without their files where the server can leave those out. Undefined where the server does
 * not speak protocol v2.
 * @throws GitError
 */
export async function fetchHistory(
  url: string,
  range: { want: string; have: string },
  options: OpenRepositoryOptions & { signal?: AbortSignal },
): Promise<CommitHistory | undefined> {
  const clock = options.clock ?? systemClock;
  const transport = connect(parseAddress(url), { ...options, clock, maxRefBytes });
  try {
    const limits = { clock, timeoutMs: options.timeoutMs ?? 60_000, signal: options.signal };
    return await withDeadline(limits, (signal) => exchange(transport, range, signal));
  } finally {
    transport.close();
  }
}

async function exchange(
  transport: Transport,
  { want, have }: { want: string; have: string },
  signal: AbortSignal,
): Promise<CommitHistory | undefined> {
  const advertisement = await transport.advertisement(signal);
  if (advertisement.version !== 2) return undefined;
  const commits = new Map<string, CommitObject>();
  const body = encodeHistoryV2({ wants: [want], haves: [have] }, advertisement.capabilities);
  const reader = await transport.send(body, { signal, maxBytes: maxPackBytes });
  const sink = createPackSink({ maxBytes: maxPackBytes, memoryLimit: 4 * 1024 * 1024 });
  try {
    await readFetchAnswer(reader, advertisement, (data) => sink.write(data));
    await buildPackIndex(sink.finish(), {
      limits: { maxObjects: 2_000_000, maxObjectBytes: 128 * 1024 * 1024 },
      signal,
      readBase: () => undefined,
      onObject: (oid, { type, data }) => {
        if (type === "commit") commits.set(oid, parseCommit(data));
      },
    });
  } finally {
    sink.discard();
    await reader.finish();
  }
  return commits;
}
