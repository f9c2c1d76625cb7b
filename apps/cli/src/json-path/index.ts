export { evaluateTemplate } from "./evaluate.ts";
export { parseTemplate } from "./parse-template.ts";
export { printFound } from "./print-found.ts";
