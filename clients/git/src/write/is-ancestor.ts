import { systemClock } from "@eddy/core/clock";
import { buildPackIndex } from "../build-pack-index.ts";
import { connect, parseAddress } from "../connect.ts";
import { withDeadline } from "../deadline.ts";
import { encodeHistoryV2, readFetchAnswer } from "../fetch-pack.ts";
import { parseCommit } from "../object.ts";
import { createPackSink } from "../pack-sink.ts";
import type { OpenRepositoryOptions } from "../remote.ts";
import type { Transport } from "../transport.ts";

const maxRefBytes = 64 * 1024 * 1024;
const maxPackBytes = 256 * 1024 * 1024;

/**
 * Whether a commit is in the history of another. Only the commits between the two are asked for, without their files where the server
 * can leave those out. A server without protocol v2 is not asked: no.
 */
export async function isAncestor(
  url: string,
  { ancestor, of }: { ancestor: string; of: string },
  options: OpenRepositoryOptions & { signal?: AbortSignal },
): Promise<boolean> {
  if (ancestor === of) return true;
  const clock = options.clock ?? systemClock;
  const transport = connect(parseAddress(url), { ...options, clock, maxRefBytes });
  try {
    const limits = { clock, timeoutMs: options.timeoutMs ?? 60_000, signal: options.signal };
    const parents = await withDeadline(limits, (signal) => fetchParents(transport, ancestor, of, signal));
    return leadsTo(parents, of, ancestor);
  } finally {
    transport.close();
  }
}

async function fetchParents(
  transport: Transport,
  have: string,
  want: string,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, readonly string[]>> {
  const parents = new Map<string, readonly string[]>();
  const advertisement = await transport.advertisement(signal);
  if (advertisement.version !== 2) return parents;
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
        if (type === "commit") parents.set(oid, parseCommit(data).parents);
      },
    });
  } finally {
    sink.discard();
    await reader.finish();
  }
  return parents;
}

function leadsTo(parents: ReadonlyMap<string, readonly string[]>, from: string, to: string): boolean {
  const seen = new Set<string>();
  const pending = [from];
  for (let oid = pending.pop(); oid !== undefined; oid = pending.pop()) {
    if (oid === to) return true;
    if (seen.has(oid)) continue;
    seen.add(oid);
    pending.push(...(parents.get(oid) ?? []));
  }
  return false;
}
