/**
 * HTTP with trust, proxies, bounds and redirects that leak no credentials.
 */
export {};
