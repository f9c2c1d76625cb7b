import { sourceConditionTypes, sourceReasons, type Bucket } from "@eddy/api";
import { messageOf } from "@eddy/core/errors";
import type { Bucket as BucketClient } from "@eddy/bucket";
import { StepError } from "@eddy/runtime/controller";
import { matcherOf, parsePatterns, type IgnoreMatcher } from "@eddy/sourceignore";
import type { BucketIndex } from "./bucket-index.ts";

/** What is wanted of a bucket. */
export interface WantedObjects {
  readonly index: BucketIndex;
  /** The content of `.sourceignore`, which is stored with the rest and is not part of the revision. */
  readonly ignoreFile: Uint8Array | undefined;
}

/** The file of ignore rules at the root. */
export const ignoreFileName = ".sourceignore";
const maxObjects = 100_000;
const maxIgnoreBytes = 1_048_576;

/**
 * Every object below the prefix that no rule leaves out, with its etag. Source: source-controller `fetchEtagIndex`: no defaults are
 * left out, and a key is matched as a file.
 * @throws StepError BucketOperationFailed with FetchFailed
 */
export async function listObjects(client: BucketClient, { spec }: Bucket, signal: AbortSignal): Promise<WantedObjects> {
  const name = spec.bucketName;
  const exists = await attempt(signal, `failed to confirm existence of '${name}' bucket`, () =>
    client.exists({ signal }),
  );
  if (!exists) throw bucketFailure(`bucket '${name}' not found`);
  const ignoreFile = await attempt(signal, `failed to get Etag for '${ignoreFileName}' object`, () =>
    client.get(ignoreFileName, { signal, maxBytes: maxIgnoreBytes }),
  );
  const matcher = matcherFor(ignoreFile?.bytes, spec.ignore);
  const index = await attempt(signal, `indexation of objects from bucket '${name}' failed`, async () => {
    const found = new Map<string, string>();
    for await (const { key, etag } of client.list({ prefix: spec.prefix ?? "", signal })) {
      if (isWanted(key, matcher)) found.set(key, etag);
      if (found.size > maxObjects) throw new Error(`it has more than ${maxObjects} objects`);
    }
    return found;
  });
  return { index, ignoreFile: ignoreFile?.bytes };
}

function matcherFor(ignoreFile: Uint8Array | undefined, ignore: string | undefined): IgnoreMatcher {
  const text = ignoreFile === undefined ? "" : Buffer.from(ignoreFile).toString("utf8");
  return matcherOf([...parsePatterns(text), ...parsePatterns(ignore ?? "")]);
}

function isWanted(key: string, matcher: IgnoreMatcher): boolean {
  return key !== "" && !key.endsWith("/") && key !== ignoreFileName && !matcher.ignores(key, false);
}

/** A failure in upstream's words; what stops the whole pass goes on as it is. */
export async function attempt<R>(signal: AbortSignal, doing: string, action: () => Promise<R>): Promise<R> {
  try {
    return await action();
  } catch (cause) {
    if (cause instanceof StepError) throw cause;
    throw bucketFailure(`${doing}: ${messageOf(signal.aborted ? signal.reason : cause)}`, cause);
  }
}

/** BucketOperationFailed (retry) with FetchFailed. */
export function bucketFailure(message: string, cause?: unknown): StepError {
  return new StepError(sourceReasons.bucketOperationFailed, message, {
    class: "retry",
    condition: sourceConditionTypes.fetchFailed,
    ...(cause === undefined ? {} : { cause }),
  });
}
