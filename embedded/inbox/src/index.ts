/**
 * Catches notifications and shows them, for development and tests.
 */
export {};
