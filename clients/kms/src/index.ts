/**
 * Key services that decrypt and encrypt data keys: AWS KMS, GCP KMS, Azure Key Vault, Vault transit.
 */
export {};
