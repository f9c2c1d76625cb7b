/**
 * Decides which image tag is next, and why the others are not.
 */
export {};
