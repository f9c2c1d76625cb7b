import { sourceConditionTypes, type Bucket } from "@eddy/api";
import type { SourceWords } from "../source/report.ts";

/** How Buckets tell what they stored. */
export const bucketWords: SourceWords<Bucket> = {
  failures: [sourceConditionTypes.fetchFailed, sourceConditionTypes.storageOperationFailed],
  readyMessage: ({ revision }) => `stored artifact: revision '${revision}'`,
};

/** The event's message. */
export function storedMessage({ spec }: Bucket, objects: number): string {
  return `stored artifact with ${objects} fetched files from '${spec.bucketName}' bucket`;
}
