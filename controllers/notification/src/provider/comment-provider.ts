import { EddyError } from "@eddy/core/errors";
import type { FluxEvent } from "../event/flux-event.ts";
import { statusMarkdown } from "../providers/status-markdown.ts";
import type { ProviderDefinition, SendPorts } from "./provider-type.ts";
import type { ProviderSettings } from "./settings.ts";

/** One comment of a change request. */
export interface Comment {
  id: string;
  body: string;
  /** Written by who is logged in. */
  isOwn: boolean;
}

/** How a forge keeps comments of change requests. */
export interface CommentApi {
  /** The first hundred, oldest first. */
  list(request: number): Promise<Comment[]>;
  create(request: number, body: string): Promise<void>;
  edit(request: number, id: string, body: string): Promise<void>;
}

/** A forge's provider: one comment per provider and object, found by a hidden marker and edited in place. */
export function commentProvider(
  markerName: string,
  open: (settings: ProviderSettings, ports: SendPorts) => Promise<CommentApi>,
): ProviderDefinition {
  return {
    async send(event, settings, ports) {
      const request = changeRequestOf(event);
      const { kind, namespace, name } = event.involvedObject;
      const uid = settings.provider.metadata.uid ?? "";
      const marker = `<!-- ${markerName}:${[uid, kind, namespace, name].join("/")} -->`;
      const body = `${marker}\n\n${statusMarkdown(event)}`;
      const api = await open(settings, ports);
      const known = (await api.list(request)).find((comment) => comment.isOwn && comment.body.includes(marker));
      await (known ? api.edit(request, known.id, body) : api.create(request, body));
    },
  };
}

function changeRequestOf({ metadata = {} }: FluxEvent): number {
  const text = metadata["change_request"];
  if (text !== undefined && /^\d{1,15}$/.test(text)) return Number(text);
  const message =
    text === undefined
      ? 'missing "change_request" metadata key'
      : `invalid "change_request" metadata value ${JSON.stringify(text)}: want a number`;
  throw new EddyError("CHANGE_REQUEST_UNKNOWN", message, { class: "terminal" });
}
