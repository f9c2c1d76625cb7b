import { EddyError } from "@eddy/core/errors";
import type { FluxEvent } from "../event/flux-event.ts";
import { reasonWords } from "../providers/reason-words.ts";
import { commitOf } from "./commit-of.ts";
import type { ProviderDefinition, SendPorts } from "./provider-type.ts";
import type { ProviderSettings } from "./settings.ts";

/** What a commit is told. */
export interface CommitStatus {
  sha: string;
  state: "success" | "failure" | "pending";
  /** Tells it from others on the commit. */
  context: string;
  /** The reason in words. */
  description: string;
  event: FluxEvent;
}

/** How a forge keeps statuses of commits. */
export interface StatusApi {
  /** Whether the status is there already, and the latest of its context. */
  isKnown(status: CommitStatus): Promise<boolean>;
  post(status: CommitStatus): Promise<void>;
}

/** Of {@link commitStatusProvider}. */
export interface CommitStatusProviderOptions {
  /** Progress is a state of its own; else it is not sent. */
  showsProgress?: boolean;
}

/** A forge's provider: a status that is known already is not posted again. */
export function commitStatusProvider(
  open: (settings: ProviderSettings, ports: SendPorts) => Promise<StatusApi> | StatusApi,
  { showsProgress = false }: CommitStatusProviderOptions = {},
): ProviderDefinition {
  return {
    async send(event, settings, ports) {
      const isProgress = event.reason === "Progressing";
      if (isProgress && !showsProgress) return;
      const api = await open(settings, ports);
      const status: CommitStatus = {
        sha: commitOf(event),
        state: isProgress ? "pending" : stateOf(event),
        context: settings.commitStatus,
        description: reasonWords(event.reason),
        event,
      };
      if (!(await api.isKnown(status))) await api.post(status);
    },
  };
}

function stateOf({ severity }: FluxEvent): "success" | "failure" {
  if (severity === "info") return "success";
  if (severity === "error") return "failure";
  throw new EddyError(
    "PROVIDER_SETTINGS",
    `can't convert the severity ${JSON.stringify(severity)} to a commit's state`,
    {
      class: "terminal",
    },
  );
}

/** Whether the first status of the context, the latest, says the same. */
export function latestIs<T>(
  statuses: readonly T[],
  isSameContext: (status: T) => boolean,
  saysTheSame: (status: T) => boolean,
): boolean {
  const latest = statuses.find(isSameContext);
  return latest !== undefined && saysTheSame(latest);
}
