/** A JSON schema as a CustomResourceDefinition carries it (the structural subset), key for key. */
export interface JsonSchema {
  type?: "object" | "array" | "string" | "integer" | "number" | "boolean";
  description?: string;
  format?: string;
  default?: unknown;
  enum?: readonly string[];
  pattern?: string;
  minLength?: number;
  maxLength?: number;
  minimum?: number;
  maximum?: number;
  minItems?: number;
  maxItems?: number;
  properties?: Readonly<Record<string, JsonSchema>>;
  required?: readonly string[];
  items?: JsonSchema;
  additionalProperties?: JsonSchema;
  "x-kubernetes-validations"?: readonly CelRule[];
  "x-kubernetes-list-type"?: "atomic" | "set" | "map";
  "x-kubernetes-list-map-keys"?: readonly string[];
  "x-kubernetes-map-type"?: "atomic" | "granular";
  "x-kubernetes-preserve-unknown-fields"?: true;
}

/** A CEL rule over `self`; the API server answers `message` when it is false. */
export interface CelRule {
  rule: string;
  message: string;
}

declare const described: unique symbol;

/** A schema whose values have the TypeScript type `T`: the compiler holds a kind's schema and its interface together. */
export interface Schema<T> extends JsonSchema {
  readonly [described]?: T;
}

/** A property that must be given. */
export interface RequiredField<T> {
  readonly schema: Schema<T>;
}

/** One schema for every property of `T`: required properties are wrapped in {@link required}, optional ones are not. */
export type Fields<T> = {
  readonly [K in keyof T]-?: object extends Pick<T, K> ? Schema<Exclude<T[K], undefined>> : RequiredField<T[K]>;
};

/** What any schema may add. */
export interface SchemaOptions<T> {
  description?: string;
  default?: T;
}

/** What a text schema may add; `pattern` is an RE2 expression, searched for unless anchored. */
export interface TextOptions extends SchemaOptions<string> {
  pattern?: string;
  format?: "date-time";
  minLength?: number;
  maxLength?: number;
}

/** Marks a property that must be given. */
export function required<T>(schema: Schema<T>): RequiredField<T> {
  return { schema };
}

/** An object with exactly these properties; others are pruned by the API server. */
export function object<T extends object>(
  fields: Fields<T>,
  options: SchemaOptions<Partial<T>> & { validations?: readonly CelRule[] } = {},
): Schema<T> {
  const properties: Record<string, JsonSchema> = {};
  const requiredNames: string[] = [];
  for (const [name, field] of Object.entries<JsonSchema | RequiredField<unknown>>(fields)) {
    const isRequired = "schema" in field;
    properties[name] = isRequired ? field.schema : field;
    if (isRequired) requiredNames.push(name);
  }
  const { validations, ...rest } = options;
  return {
    type: "object",
    ...rest,
    properties,
    ...(requiredNames.length === 0 ? {} : { required: requiredNames.sort() }),
    ...(validations === undefined ? {} : { "x-kubernetes-validations": validations }),
  };
}

/** Text. */
export function text(options: TextOptions = {}): Schema<string> {
  return { type: "string", ...options };
}

/** One of these words. */
export function oneOf<const T extends string>(values: readonly T[], options: SchemaOptions<T> = {}): Schema<T> {
  return { type: "string", ...options, enum: values };
}

/** True or false. */
export function flag(options: SchemaOptions<boolean> = {}): Schema<boolean> {
  return { type: "boolean", ...options };
}

/** A 64-bit integer. */
export function integer(options: SchemaOptions<number> & { minimum?: number; maximum?: number } = {}): Schema<number> {
  return { type: "integer", format: "int64", ...options };
}

/** An integer that upstream keeps in as many bits as the machine has: without a format. */
export function plainInteger(options: SchemaOptions<number> = {}): Schema<number> {
  return { type: "integer", ...options };
}

/** A list. */
export function list<T>(
  items: Schema<T>,
  options: SchemaOptions<T[]> & { minItems?: number; maxItems?: number } = {},
): Schema<T[]> {
  return { type: "array", ...options, items };
}

/** A map from any key to values of one type. */
export function mapOf<T>(values: Schema<T>, options: SchemaOptions<Record<string, T>> = {}): Schema<Record<string, T>> {
  return { type: "object", ...options, additionalProperties: values };
}

/** Any JSON value, kept as it is. */
export function anything(options: { description?: string } = {}): Schema<unknown> {
  return { ...options, "x-kubernetes-preserve-unknown-fields": true };
}

/** The same schema with another description, for a struct that means something particular where it is used. */
export function describe<T>(schema: Schema<T>, description: string): Schema<T> {
  return { ...schema, description };
}
