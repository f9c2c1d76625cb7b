import { object, required, text, type Schema } from "../schema.ts";

/** Names an object in the referrer's own namespace. */
export interface LocalObjectReference {
  name: string;
}

/** Names one key of a Secret in the referrer's own namespace; without `key` the kind says which keys are tried. */
export interface SecretKeyReference {
  name: string;
  key?: string;
}

/** Names an object of a kind; without `namespace` in the referrer's own. */
export interface NamespacedObjectKindReference {
  apiVersion?: string;
  kind: string;
  name: string;
  namespace?: string;
}

/** An object to wait for. `readyExpr`: CEL over `self` and `dep`, instead of the built-in readiness test. */
export interface DependencyReference {
  /** Eddy's; needed for any kind but Kustomization and HelmRelease. */
  apiVersion?: string;
  /** Eddy's; absent is the kind of the object that waits. */
  kind?: string;
  name: string;
  namespace?: string;
  readyExpr?: string;
}

/** Schema of {@link LocalObjectReference}. */
export function localObjectReference(description: string): Schema<LocalObjectReference> {
  return object<LocalObjectReference>(
    { name: required(text({ description: "Name of the object, in the same namespace." })) },
    { description },
  );
}

/** Schema of {@link SecretKeyReference}. */
export function secretKeyReference(description: string): Schema<SecretKeyReference> {
  return object<SecretKeyReference>(
    {
      name: required(text({ description: "Name of the Secret, in the same namespace." })),
      key: text({ description: "Key within the Secret." }),
    },
    { description },
  );
}

/** Schema of {@link NamespacedObjectKindReference}. */
export function namespacedObjectKindReference(description: string): Schema<NamespacedObjectKindReference> {
  return object<NamespacedObjectKindReference>(
    {
      apiVersion: text({ description: "API version of the object; `apps/v1` unless given." }),
      kind: required(text({ description: "Kind of the object." })),
      name: required(text({ description: "Name of the object." })),
      namespace: text({ description: "Namespace of the object; the own one unless given." }),
    },
    { description },
  );
}

/** Schema of {@link DependencyReference}. */
export function dependencyReference(description: string, ownKind: string): Schema<DependencyReference> {
  return object<DependencyReference>(
    {
      apiVersion: text({
        description:
          "API version of the object; needed for any kind but Kustomization and HelmRelease. Flux has no such field.",
        minLength: 1,
        maxLength: 253,
      }),
      kind: text({
        description: `Kind of the object, any one; ${ownKind} unless given. Flux has no such field.`,
        minLength: 1,
        maxLength: 63,
      }),
      name: required(text({ description: "Name of the object to wait for." })),
      namespace: text({ description: "Its namespace; the own one unless given." }),
      readyExpr: text({
        description:
          "CEL expression over `self` and `dep` that is true when the dependency is ready, instead of the built-in test.",
      }),
    },
    {
      description,
      validations: [
        { message: "apiVersion needs a kind", rule: "!has(self.apiVersion) || has(self.kind)" },
        {
          message: "a kind other than Kustomization and HelmRelease needs an apiVersion",
          rule: "!has(self.kind) || has(self.apiVersion) || self.kind == 'Kustomization' || self.kind == 'HelmRelease'",
        },
      ],
    },
  );
}
