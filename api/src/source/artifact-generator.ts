import { valueAt, type KubeObject } from "@eddy/core/object";
import { disabledValue, generatorReconcileKey } from "../annotations.ts";
import { messageCliColumn, readyCliColumn } from "../cli-columns.ts";
import { defineKind } from "../define-kind.ts";
import type { Kind, KindInventory } from "../kind.ts";
import { ageColumn, readyColumn, statusColumn } from "../printer-columns.ts";
import { list, object, oneOf, required, text, type Schema } from "../schema.ts";
import { commonMetadataSchema } from "../structs/kustomize.ts";
import { conditionsSchema, reconciledStatusFields } from "../structs/status.ts";
import type {
  ArtifactGenerator,
  ArtifactGeneratorSpec,
  ArtifactGeneratorStatus,
  CopyOperation,
  ExternalArtifactReference,
  GeneratorSource,
  OutputArtifact,
} from "./artifact-generator-types.ts";
import { sourceExtensionsGroup, sourceGroup } from "./group.ts";

const alias = "[a-z0-9]([a-z0-9_-]*[a-z0-9])?";

const sourceSchema: Schema<GeneratorSource> = object<GeneratorSource>({
  alias: required(text({ description: "What copy operations call the source.", maxLength: 63, pattern: `^${alias}$` })),
  kind: required(
    oneOf(["Bucket", "GitRepository", "OCIRepository", "HelmChart", "ExternalArtifact"], {
      description: "Kind of the source.",
    }),
  ),
  name: required(
    text({ description: "Name of the source.", maxLength: 253, pattern: "^[a-z0-9]([a-z0-9-]*[a-z0-9])?$" }),
  ),
  namespace: text({
    description: "Namespace of the source; the own one unless given.",
    minLength: 1,
    maxLength: 63,
    pattern: "^[a-z0-9]([-a-z0-9]*[a-z0-9])?$",
  }),
});

const copySchema: Schema<CopyOperation> = object<CopyOperation>({
  exclude: list(text(), { description: "Globs of what is left out.", maxItems: 100 }),
  from: required(
    text({
      description: "What to copy, `@alias/glob`.",
      minLength: 1,
      maxLength: 1024,
      pattern: `^@(${alias})/(.*)$`,
    }),
  ),
  strategy: oneOf(["Overwrite", "Merge", "Extract"], {
    description: "What to do with a file that is there already; `Overwrite` unless given.",
  }),
  to: required(
    text({
      description: "Where to, `@artifact/path`; with a slash at the end, into a folder.",
      minLength: 1,
      maxLength: 1024,
      pattern: "^@(artifact)/(.*)$",
    }),
  ),
});

const aliasReference = (description: string): Schema<string> =>
  text({ description, maxLength: 64, pattern: `^@(${alias})$` });

const artifactSchema: Schema<OutputArtifact> = object<OutputArtifact>({
  copy: required(list(copySchema, { description: "What the artifact is made of, in order.", minItems: 1 })),
  name: required(text({ description: "Name of the ExternalArtifact.", minLength: 1, maxLength: 253 })),
  originRevision: aliasReference("Source, `@alias`, whose origin revision the artifact's metadata tells."),
  revision: aliasReference("Source, `@alias`, whose revision the artifact has; its own digest unless given."),
});

const specSchema: Schema<ArtifactGeneratorSpec> = object<ArtifactGeneratorSpec>(
  {
    artifacts: required(list(artifactSchema, { description: "What to make.", minItems: 1, maxItems: 1000 })),
    commonMetadata: commonMetadataSchema,
    pathPattern: text({
      description: "Directories of a source, `@alias/glob/{capture}`, for each of which the artifact is made.",
      maxLength: 1024,
      pattern: `^@(${alias})/(.*)$`,
    }),
    sources: required(list(sourceSchema, { description: "From what.", minItems: 1, maxItems: 1000 })),
  },
  { description: "From what, and what." },
);

const statusSchema: Schema<ArtifactGeneratorStatus> = object<ArtifactGeneratorStatus>(
  {
    conditions: conditionsSchema,
    inventory: list(
      object<ExternalArtifactReference>({
        digest: required(text({ description: "Digest of the artifact." })),
        filename: required(text({ description: "Its file in the storage." })),
        name: required(text({ description: "Name of the ExternalArtifact." })),
        namespace: required(text({ description: "Its namespace." })),
      }),
      { description: "What was made." },
    ),
    lastHandledReconcileAt: reconciledStatusFields.lastHandledReconcileAt,
    observedSourcesDigest: text({ description: "Digest of what the sources were." }),
  },
  { description: "What was made, and whether that worked." },
);

/** ArtifactGenerator. Source: source-watcher api, flux2.md 1.7 and appendix A. */
export const artifactGeneratorKind: Kind<ArtifactGenerator> = defineKind<ArtifactGenerator>({
  group: sourceExtensionsGroup,
  kind: "ArtifactGenerator",
  plural: "artifactgenerators",
  shortNames: ["ag"],
  categories: ["all", "fluxcd", "fluxcd-sources"],
  scope: "Namespaced",
  description: "Artifacts that are composed of the artifacts of sources, or cut out of them.",
  versions: [
    {
      name: "v1beta1",
      served: true,
      storage: true,
      members: { spec: specSchema, status: statusSchema },
      printerColumns: [ageColumn, readyColumn, statusColumn],
    },
  ],
  differences: ["An artifact is made anew only when a commit touches what it is made of."],
  finalizer: "source.extensions.fluxcd.io/finalizer",
  cli: {
    path: ["artifact", "generator"],
    pluralPath: ["artifacts", "generators"],
    aliases: [],
    humanName: "artifact generator",
    createName: "ArtifactGenerator",
    columns: [
      { header: "Suspended", value: (generator) => (isDisabled(generator) ? "True" : "False") },
      readyCliColumn,
      messageCliColumn,
    ],
    wideColumns: [],
    reconcilable: true,
    suspendable: false,
    inventoryOf,
    successMessage: (generator) =>
      `generated ${(generator as ArtifactGenerator).status?.inventory?.length ?? 0} artifact(s)`,
  },
});

function inventoryOf(generator: KubeObject): KindInventory {
  const made = (valueAt(generator, "status", "inventory") ?? []) as ExternalArtifactReference[];
  const entries = made.map(({ namespace, name }) => ({
    id: `${namespace}_${name}_${sourceGroup}_ExternalArtifact`,
  }));
  return { entries, isRemote: false };
}

/** There is no `spec.suspend`: an annotation holds the generator. */
function isDisabled({ metadata }: KubeObject): boolean {
  return metadata.annotations?.[generatorReconcileKey]?.toLowerCase() === disabledValue;
}
