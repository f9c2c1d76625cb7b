/**
 * Reasons of ImageRepositories and ImagePolicies, beside the generic ones. `failure` is what upstream takes from metav1.
 * Source: image-reflector-controller api/v1 condition_types.go.
 */
export const imageReasons = {
  imageUrlInvalid: "ImageURLInvalid",
  authenticationFailed: "AuthenticationFailed",
  readOperationFailed: "ReadOperationFailed",
  intervalNotConfigured: "IntervalNotConfigured",
  invalidPolicy: "InvalidPolicy",
  failure: "Failure",
} as const;

/** Reasons of ImageUpdateAutomations, beside the generic ones. Source: image-automation-controller api/v1 condition_types.go. */
export const imageUpdateReasons = {
  invalidUpdateStrategy: "InvalidUpdateStrategy",
  invalidSourceConfiguration: "InvalidSourceConfiguration",
  sourceManagerFailed: "SourceManagerFailed",
  gitOperationFailed: "GitOperationFailed",
  updateFailed: "UpdateFailed",
  invalidPolicySelector: "InvalidPolicySelector",
  removedTemplateField: "RemovedTemplateField",
} as const;
