/**
 * The data of Secrets and ConfigMaps that objects refer to, decoded, read again only when they changed, masked when secret.
 *
 * Not a place for secrets: what is kept is what the API server holds. Entry point: {@link createDataStore}.
 */
export { createDataStore, type DataStore, type DataStoreOptions } from "./data-store.ts";
