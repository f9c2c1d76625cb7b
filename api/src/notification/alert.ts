import { suspendedCliColumn, textAt } from "../cli-columns.ts";
import { present, usageError, type CreateForm } from "../create-form.ts";
import { defineKind } from "../define-kind.ts";
import type { Kind, KindVersion } from "../kind.ts";
import { parseObjectName } from "../object-name.ts";
import { ageColumn } from "../printer-columns.ts";
import { flag, list, mapOf, object, oneOf, required, text, type Schema } from "../schema.ts";
import { localObjectReference } from "../structs/references.ts";
import { reconciledStatusFields, type ReconciledStatus } from "../structs/status.ts";
import type { Alert, AlertSpec } from "./alert-types.ts";
import { notificationGroup } from "./group.ts";
import { crossNamespaceReference, referredKinds } from "./object-references.ts";

const specSchema: Schema<AlertSpec> = object<AlertSpec>(
  {
    eventMetadata: mapOf(text(), {
      description: "Added to the metadata of events; what a controller says of an event stands.",
    }),
    eventSeverity: oneOf(["info", "error"], {
      description: "Which events: `info` takes all, `error` only errors.",
      default: "info",
    }),
    eventSources: required(list(crossNamespaceReference, { description: "Objects whose events are meant." })),
    exclusionList: list(text(), { description: "Expressions (RE2); an event whose message matches one is dropped." }),
    inclusionList: list(text(), { description: "Expressions (RE2); an event's message must match one of them." }),
    providerRef: required(localObjectReference("The Provider that the events go to.")),
    summary: text({ description: "Deprecated: use `eventMetadata.summary`.", maxLength: 255 }),
    suspend: flag({ description: "Stop sending." }),
  },
  { description: "Which events go where." },
);

/** Older versions had a status; nobody writes it any more. */
const statusSchema: Schema<ReconciledStatus> = object<ReconciledStatus>(reconciledStatusFields, {
  description: "Not written any more.",
});

function version(name: string): KindVersion {
  const isCurrent = name === "v1beta3";
  return {
    name,
    served: true,
    storage: isCurrent,
    ...(isCurrent ? {} : { deprecationWarning: `${name} Alert is deprecated, upgrade to v1beta3` }),
    members: isCurrent ? { spec: specSchema } : { spec: specSchema, status: statusSchema },
    printerColumns: [ageColumn],
  };
}

const createAlert: CreateForm = {
  flags: {
    providerRef: { form: "text", description: "reference to provider" },
    eventSeverity: {
      form: "text",
      description: "severity of events to send alerts for: info, error; info unless given",
    },
    eventSource: {
      form: "list",
      description: `sources that should generate alerts, '<kind>/<name>', kind one of ${referredKinds.join(", ")}`,
    },
  },
  examples: [
    [
      "Send errors of all apps to a channel",
      "alert apps --provider-ref=chat --event-severity=error --event-source='Kustomization/*'",
    ],
  ],
  spec(values) {
    const provider = values.text("providerRef");
    if (provider === undefined) throw usageError("provider ref is required");
    const sources = values.list("eventSource").map(parseSource);
    if (sources.length === 0) throw usageError("at least one event source is required");
    return present({
      providerRef: { name: provider },
      eventSeverity: values.text("eventSeverity"),
      eventSources: sources,
    });
  },
  readyMessages: (made) => [`Alert ${made.metadata.name} is ready`],
};

function parseSource(word: string): Record<string, unknown> {
  if (!word.includes("/")) throw usageError(`invalid event source '${word}', must be in format <kind>/<name>`);
  const { kind, name, namespace } = parseObjectName(word);
  const known = referredKinds.find((candidate) => candidate.toLowerCase() === kind?.toLowerCase());
  if (known === undefined)
    throw usageError(`event source kind '${kind ?? ""}' is not supported, must be one of: ${referredKinds.join(", ")}`);
  return present({ kind: known, name, namespace });
}

/** Alert. It has no status: whether it works shows when an event is sent. Source: flux2.md 1.10 and appendix A. */
export const alertKind: Kind<Alert> = defineKind<Alert>({
  group: notificationGroup,
  kind: "Alert",
  plural: "alerts",
  shortNames: [],
  categories: ["all", "fluxcd", "fluxcd-notifications"],
  scope: "Namespaced",
  description: "Which events of which objects are sent to a Provider.",
  versions: ["v1beta3", "v1beta2", "v1beta1"].map(version),
  olderVersions: ["The status of older versions is dropped: nobody writes it."],
  differences: [
    "An expression that is none, or would take for ever, matches nothing, and a Warning on the Alert says so.",
  ],
  upgrade(older) {
    const { status: _, ...rest } = older;
    return rest;
  },
  cli: {
    path: ["alert"],
    pluralPath: ["alerts"],
    aliases: [],
    humanName: "alert",
    createName: "Alert",
    columns: [
      suspendedCliColumn,
      { header: "Ready", value: () => "True" },
      { header: "Message", value: () => "Alert is Ready" },
    ],
    wideColumns: [{ header: "Provider", value: (made) => textAt(made, "spec", "providerRef", "name") }],
    reconcilable: false,
    isStatic: () => true,
    suspendable: true,
    create: createAlert,
    successMessage: () => "Alert reconciliation completed",
  },
});
