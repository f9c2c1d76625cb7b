/**
 * OCI registries: tags, manifests, blobs, pushes, referrers, logins.
 */
export {};
