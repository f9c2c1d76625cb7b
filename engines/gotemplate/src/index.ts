/**
 * Go's text/template and fmt, with sprig's and Helm's functions.
 */
export {};
