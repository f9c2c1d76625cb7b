/**
 * SOPS files: formats, rules, message authentication, key groups, age and OpenPGP keys.
 */
export {};
