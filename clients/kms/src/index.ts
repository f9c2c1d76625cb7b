/**
 * Key services that decrypt and encrypt data keys: AWS KMS, GCP KMS, Azure Key Vault, HuaweiCloud KMS, Vault
 * and OpenBao transit.
 *
 * Not logins: tokens and credentials are ports. Entry points: {@link createAwsKms}, {@link createGcpKms},
 * {@link createAzureKeyVault}, {@link createHuaweiKms}, {@link createVaultTransit}.
 */
export { createAwsKms, type AwsKms, type AwsKmsKey, type AwsKmsOptions } from "./aws-kms.ts";
export {
  createAzureKeyVault,
  type AzureKey,
  type AzureKeyVault,
  type AzureKeyVaultOptions,
} from "./azure-key-vault.ts";
export { createGcpKms, type GcpKms, type GcpKmsOptions } from "./gcp-kms.ts";
export { createHuaweiKms, type HuaweiKms, type HuaweiKmsOptions } from "./huawei-kms.ts";
export { signHuaweiRequest, type HuaweiKeys, type HuaweiRequest } from "./sign-huawei.ts";
export { KmsError } from "./kms-error.ts";
export {
  createVaultTransit,
  loginToVault,
  type TransitKey,
  type VaultLogin,
  type VaultTransit,
  type VaultTransitOptions,
} from "./vault-transit.ts";
