import { textAt } from "../cli-columns.ts";
import { present, usageError, type CreateForm } from "../create-form.ts";
import { defineKind } from "../define-kind.ts";
import type { Kind, KindVersion } from "../kind.ts";
import { ageColumn } from "../printer-columns.ts";
import { flag, object, oneOf, required, text, type Schema } from "../schema.ts";
import { duration, shortDuration } from "../structs/duration.ts";
import { localObjectReference } from "../structs/references.ts";
import { reconciledStatusFields, type ReconciledStatus } from "../structs/status.ts";
import { notificationGroup } from "./group.ts";
import { commitStatusTypes, providerTypes, type Provider, type ProviderSpec } from "./provider-types.ts";

const longest = 2_048;

const specSchema: Schema<ProviderSpec> = object<ProviderSpec>(
  {
    address: text({ description: "Address of the service; a Secret's `address` wins.", maxLength: longest }),
    certSecretRef: localObjectReference("Secret with `ca.crt`, and `tls.crt` with `tls.key` to show."),
    channel: text({ description: "Channel, room, project or key: what the type makes of it.", maxLength: longest }),
    commitStatusExpr: text({
      description: "CEL expression over `event`, `alert` and `provider` that gives the identifier of a commit status.",
    }),
    interval: duration("Without effect; accepted for older manifests."),
    proxy: text({
      description: "Deprecated: use `proxySecretRef`.",
      maxLength: longest,
      pattern: "^(http|https)://.*$",
    }),
    proxySecretRef: localObjectReference("Secret with the `address`, `username` and `password` of a proxy."),
    secretRef: localObjectReference("Secret with the credentials of the type."),
    serviceAccountName: text({
      description: "ServiceAccount whose workload identity logs in; for azureeventhub, azuredevops and googlepubsub.",
    }),
    suspend: flag({ description: "Stop sending." }),
    timeout: shortDuration("How long sending may take; 15 s unless given."),
    type: required(oneOf(providerTypes, { description: "The service." })),
    username: text({ description: "Who the message is from, where the service shows it.", maxLength: longest }),
  },
  {
    description: "Where events go.",
    validations: [
      {
        message: `spec.commitStatusExpr is only supported for the ${commitStatusTypes.map((type) => `'${type}'`).join(", ")} provider types`,
        rule: `${commitStatusTypes.map((type) => `self.type == '${type}'`).join(" || ")} || !has(self.commitStatusExpr)`,
      },
    ],
  },
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
    ...(isCurrent ? {} : { deprecationWarning: `${name} Provider is deprecated, upgrade to v1beta3` }),
    members: isCurrent ? { spec: specSchema } : { spec: specSchema, status: statusSchema },
    printerColumns: [ageColumn],
  };
}

const createProvider: CreateForm = {
  flags: {
    type: { form: "text", description: `type of provider: ${providerTypes.join(", ")}` },
    channel: { form: "text", description: "channel to send messages to in the case of a chat provider" },
    username: { form: "text", description: "bot username used by the provider" },
    address: { form: "text", description: "path to either the git repository, chat provider or webhook" },
    secretRef: { form: "text", description: "name of secret containing authentication token" },
  },
  examples: [
    [
      "Send to a channel",
      "alert-provider chat --type slack --channel general --address https://chat.example.com/hook --secret-ref chat",
    ],
  ],
  spec(values) {
    const type = values.text("type");
    if (type === undefined) throw usageError("Provider type is required");
    const secret = values.text("secretRef");
    return present({
      type,
      channel: values.text("channel"),
      username: values.text("username"),
      address: values.text("address"),
      secretRef: secret === undefined ? undefined : { name: secret },
    });
  },
  readyMessages: (made) => [`Provider ${made.metadata.name} is ready`],
};

/** Provider. It has no status: whether it works shows when an event is sent. Source: flux2.md 1.11 and appendix A. */
export const providerKind: Kind<Provider> = defineKind<Provider>({
  group: notificationGroup,
  kind: "Provider",
  plural: "providers",
  shortNames: [],
  categories: ["all", "fluxcd", "fluxcd-notifications"],
  scope: "Namespaced",
  description: "A service that events are sent to: a chat, a forge, an incident tool, a webhook.",
  versions: ["v1beta3", "v1beta2", "v1beta1"].map(version),
  olderVersions: ["The status of older versions is dropped: nobody writes it."],
  differences: [
    "`azureeventhub` is reached over HTTPS, not AMQP; `otel` sends JSON, not protobuf.",
    "What could not be sent is a Warning on the Alert.",
  ],
  upgrade(older) {
    const { status: _, ...rest } = older;
    return rest;
  },
  cli: {
    path: ["alert-provider"],
    pluralPath: ["alert-providers"],
    aliases: [],
    humanName: "alert provider",
    createName: "Provider",
    columns: [
      { header: "Ready", value: () => "True" },
      { header: "Message", value: () => "Provider is Ready" },
    ],
    wideColumns: [{ header: "Type", value: (made) => textAt(made, "spec", "type") }],
    reconcilable: false,
    isStatic: () => true,
    suspendable: true,
    create: createProvider,
    successMessage: () => "Provider reconciliation completed",
  },
});
