import { sourceConditionTypes, type Artifact, type OCIRepository } from "@eddy/api";
import type { SourceWords } from "../source/report.ts";

/** How OCIRepositories tell what they stored. */
export const ociRepositoryWords: SourceWords<OCIRepository> = {
  failures: [sourceConditionTypes.fetchFailed, sourceConditionTypes.storageOperationFailed],
  readyMessage: ({ revision }) => `stored artifact for digest '${revision}'`,
};

/** The event's message; with the origin, where the manifest's annotations name it whole. */
export function storedMessage(url: string, { revision, metadata }: Artifact): string {
  const source = metadata?.["org.opencontainers.image.source"];
  const origin = metadata?.["org.opencontainers.image.revision"];
  const where = source && origin ? `, origin source '${source}', origin revision '${origin}'` : "";
  return `stored artifact with revision '${revision}' from '${url}'${where}`;
}
