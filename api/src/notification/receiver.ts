import { messageCliColumn, readyCliColumn, suspendedCliColumn, textAt } from "../cli-columns.ts";
import { present, usageError, type CreateForm } from "../create-form.ts";
import { defineKind } from "../define-kind.ts";
import { fluxFinalizer } from "../field-managers.ts";
import type { Kind, KindVersion } from "../kind.ts";
import { parseObjectName } from "../object-name.ts";
import { ageColumn, readyColumn, statusColumn } from "../printer-columns.ts";
import { flag, list, object, oneOf, required, text, type Schema } from "../schema.ts";
import { duration } from "../structs/duration.ts";
import { localObjectReference } from "../structs/references.ts";
import { reconciledStatusFields, unobservedStatus } from "../structs/status.ts";
import { notificationGroup } from "./group.ts";
import { crossNamespaceReferenceFields, referredKinds } from "./object-references.ts";
import {
  receiverTypes,
  type OidcProvider,
  type Receiver,
  type ReceiverResource,
  type ReceiverSpec,
  type ReceiverStatus,
} from "./receiver-types.ts";

const filterDescription =
  "CEL expression over `res` (metadata of the object), `req` (the body) and, for OIDC, `claims`: true for what is meant.";

const oidcProvider: Schema<OidcProvider> = object<OidcProvider>({
  audience: text({ description: "Who the token must be for; `notification-controller` unless given." }),
  issuerURL: required(text({ description: "Who issues the tokens.", pattern: "^https?://" })),
  validations: required(
    list(
      object<OidcProvider["validations"][number]>({
        expression: required(text({ description: "CEL expression over `claims` and `vars` that must be true." })),
        message: required(text({ description: "What is said when it is not." })),
      }),
      { description: "What must be true of a token.", minItems: 1 },
    ),
  ),
  variables: list(
    object<NonNullable<OidcProvider["variables"]>[number]>({
      expression: required(text({ description: "CEL expression over `claims` and earlier `vars`." })),
      name: required(text({ description: "Name of the variable." })),
    }),
    { description: "Named values for the validations." },
  ),
});

const specSchema: Schema<ReceiverSpec> = object<ReceiverSpec>(
  {
    events: list(text(), { description: "Names of events as the type has them; all of them unless given." }),
    interval: duration("How often the receiver is looked at.", { default: "10m" }),
    oidcProviders: {
      ...list(oidcProvider, { description: "Issuers of tokens; for the type `generic-oidc`." }),
      "x-kubernetes-list-type": "map",
      "x-kubernetes-list-map-keys": ["issuerURL"],
    },
    resourceFilter: text({ description: filterDescription }),
    resources: required(
      list(
        object<ReceiverResource>({
          ...crossNamespaceReferenceFields,
          filter: text({ description: `${filterDescription} For these objects alone.` }),
        }),
        { description: "What is reconciled when the webhook is called." },
      ),
    ),
    secretRef: localObjectReference("Secret with the `token`; for `gcr` with `email` and `audience` too."),
    suspend: flag({ description: "Stop answering." }),
    type: required(oneOf(receiverTypes, { description: "Who calls the webhook." })),
  },
  {
    description: "A webhook, and what it wakes.",
    validations: [
      {
        message: "generic-oidc receivers must define at least one oidcProvider",
        rule: "self.type != 'generic-oidc' || (has(self.oidcProviders) && size(self.oidcProviders) > 0)",
      },
      {
        message: "oidcProviders can only be set when type is generic-oidc",
        rule: "self.type == 'generic-oidc' || !has(self.oidcProviders) || size(self.oidcProviders) == 0",
      },
      {
        message: "secretRef cannot be set when type is generic-oidc",
        rule: "self.type != 'generic-oidc' || !has(self.secretRef)",
      },
      {
        message: "secretRef is required when type is not generic-oidc",
        rule: "self.type == 'generic-oidc' || has(self.secretRef)",
      },
    ],
  },
);

const statusSchema: Schema<ReceiverStatus> = object<ReceiverStatus>(
  {
    ...reconciledStatusFields,
    webhookPath: text({ description: "Path that the webhook is called at: `/hook/<hex>`." }),
  },
  { description: "Where the webhook is, and whether it works.", default: unobservedStatus },
);

function version(name: string): KindVersion {
  const isCurrent = name === "v1";
  return {
    name,
    served: true,
    storage: isCurrent,
    ...(isCurrent ? {} : { deprecationWarning: `${name} Receiver is deprecated, upgrade to v1` }),
    members: { spec: specSchema, status: statusSchema },
    printerColumns: [ageColumn, readyColumn, statusColumn],
  };
}

const createReceiver: CreateForm = {
  flags: {
    type: { form: "text", description: "type of receiver", choices: receiverTypes },
    secretRef: { form: "text", description: "name of the secret with the token" },
    event: { form: "list", description: "name of an event that the webhook is called for" },
    resource: {
      form: "list",
      description: `what is reconciled, '<kind>/<name>', kind one of ${referredKinds.join(", ")}`,
    },
  },
  examples: [
    [
      "Reconcile a source when it is pushed to",
      "receiver github --type github --event ping --event push --secret-ref webhook-token --resource GitRepository/webapp",
    ],
  ],
  spec(values) {
    const [type, secret] = [values.text("type"), values.text("secretRef")];
    if (type === undefined) throw usageError("Receiver type is required");
    if (secret === undefined && type !== "generic-oidc") throw usageError("secret ref is required");
    const resources = values.list("resource").map(parseResource);
    if (resources.length === 0) throw usageError("atleast one resource is required");
    const events = values.list("event");
    return present({
      type,
      events: events.length === 0 ? undefined : [...events],
      resources,
      secretRef: secret === undefined ? undefined : { name: secret },
    });
  },
  readyMessages: (made) => [
    `Receiver ${made.metadata.name} is ready`,
    `generated webhook URL ${textAt(made, "status", "webhookPath")}`,
  ],
};

function parseResource(word: string): Record<string, unknown> {
  const { kind, name, namespace } = parseObjectName(word);
  const known = referredKinds.find((candidate) => candidate.toLowerCase() === kind?.toLowerCase());
  if (known === undefined)
    throw usageError(`resource kind '${kind ?? ""}' is not supported, must be one of: ${referredKinds.join(", ")}`);
  return present({ kind: known, name, namespace });
}

/** Receiver. The older versions have the schema of `v1`. Source: flux2.md 1.12 and appendix A. */
export const receiverKind: Kind<Receiver> = defineKind<Receiver>({
  group: notificationGroup,
  kind: "Receiver",
  plural: "receivers",
  shortNames: [],
  categories: ["all", "fluxcd", "fluxcd-notifications"],
  scope: "Namespaced",
  description: "A webhook that requests passes of other objects.",
  versions: ["v1", "v1beta2", "v1beta1"].map(version),
  olderVersions: ["The schema of `v1beta1` and `v1beta2` is that of `v1`."],
  differences: [
    "A path that is nobody's is answered with 404 before the body is read; Flux reads it first.",
    "Filters see the payload of a signed form.",
  ],
  finalizer: fluxFinalizer,
  cli: {
    path: ["receiver"],
    pluralPath: ["receivers"],
    aliases: [],
    humanName: "receiver",
    createName: "Receiver",
    columns: [suspendedCliColumn, readyCliColumn, messageCliColumn],
    wideColumns: [{ header: "Path", value: (made) => textAt(made, "status", "webhookPath") }],
    reconcilable: true,
    suspendable: true,
    create: createReceiver,
    successMessage: () => "Receiver reconciliation completed",
  },
});
