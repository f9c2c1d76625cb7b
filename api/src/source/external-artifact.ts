import { messageCliColumn, readyCliColumn, revisionCliColumn, textAt } from "../cli-columns.ts";
import { defineKind } from "../define-kind.ts";
import type { Kind } from "../kind.ts";
import { ageColumn, readyColumn, statusColumn } from "../printer-columns.ts";
import { object, required, text } from "../schema.ts";
import { artifact } from "../structs/artifact.ts";
import { conditionsSchema } from "../structs/status.ts";
import type { NamespacedObjectKindReference } from "../structs/references.ts";
import type { ExternalArtifact } from "./external-artifact-types.ts";
import { sourceGroup } from "./group.ts";

type Spec = NonNullable<ExternalArtifact["spec"]>;
type Status = NonNullable<ExternalArtifact["status"]>;

const specSchema = object<Spec>(
  {
    sourceRef: object<NamespacedObjectKindReference>(
      {
        apiVersion: text({ description: "API version of the producer." }),
        kind: required(text({ description: "Kind of the producer." })),
        name: required(text({ description: "Name of the producer." })),
        namespace: text({ description: "Namespace of the producer; the own one unless given." }),
      },
      { description: "Who makes the artifact; for information." },
    ),
  },
  { description: "Who makes the artifact." },
);

const statusSchema = object<Status>(
  { artifact: artifact("The artifact."), conditions: conditionsSchema },
  { description: "What its producer says of it." },
);

/** ExternalArtifact. No controller reconciles it. Source: source-controller api, flux2.md 1.6 and appendix A. */
export const externalArtifactKind: Kind<ExternalArtifact> = defineKind<ExternalArtifact>({
  group: sourceGroup,
  kind: "ExternalArtifact",
  plural: "externalartifacts",
  shortNames: ["ea"],
  categories: ["all", "fluxcd", "fluxcd-sources"],
  scope: "Namespaced",
  description: "An artifact that something else than a source makes, such as an ArtifactGenerator.",
  versions: [
    {
      name: "v1",
      served: true,
      storage: true,
      members: { spec: specSchema, status: statusSchema },
      printerColumns: [
        ageColumn,
        readyColumn,
        statusColumn,
        { name: "Source", type: "string", jsonPath: ".spec.sourceRef.name" },
      ],
    },
  ],
  differences: [],
  cli: {
    path: ["source", "external"],
    pluralPath: ["sources", "external"],
    aliases: [],
    humanName: "source external-artifact",
    createName: "ExternalArtifact source",
    columns: [
      revisionCliColumn("status", "artifact", "revision"),
      { header: "Source", value: sourceText },
      readyCliColumn,
      messageCliColumn,
    ],
    wideColumns: [],
    reconcilable: false,
    suspendable: false,
    successMessage: (made) => `fetched revision ${textAt(made, "status", "artifact", "revision")}`,
  },
});

/** `ArtifactGenerator/apps/name`. Source: fluxcd/flux2 cmd/flux/get_source_external.go. */
function sourceText(made: Parameters<typeof textAt>[0]): string {
  const [kind, namespace, name] = ["kind", "namespace", "name"].map((key) => textAt(made, "spec", "sourceRef", key));
  return kind ? `${kind}/${namespace}/${name}` : "";
}
