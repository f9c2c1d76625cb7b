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
