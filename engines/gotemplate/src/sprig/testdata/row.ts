/** A function, a template that uses it, and what upstream prints. */
export type Row = readonly [name: string, template: string, output: string];
