import type { Json } from "@eddy/core/json";
import { DecoderV2 } from "./decode-v2.ts";
import { Parser } from "./parser.ts";
import { parseJson } from "./parse-json.ts";
import { type Section, splitDocuments } from "./split-documents.ts";
import { checkText } from "./text-limits.ts";
import { yamlV2 } from "./yaml-dialect.ts";
import { YamlError } from "./yaml-error.ts";

/** Options of {@link load} and {@link loadDocuments}. */
export interface LoadOptions {
  /** Named in the position of an error. */
  file?: string;
  /** Refuse a key that is set twice in one mapping; otherwise the last one wins. */
  strict?: boolean;
  /** Characters that are read; 64 Mi unless given. */
  maxLength?: number;
}

/** A document of a stream, and the line (from 1) where its text starts. */
export interface LoadedDocument {
  value: Json;
  line: number;
}

/**
 * The first document of a text as sigs.k8s.io/yaml's YAMLToJSON sees it (YAML 1.1 booleans, also as keys; 0777 is octal;
 * merge keys; integers beyond 2^53 as bigint). JSON text is YAML too. An empty text is null.
 * @throws YamlError with go-yaml v2's wording.
 */
export function load(text: string, options: LoadOptions = {}): Json {
  const { file, strict = false } = options;
  try {
    checkText(text, file, options.maxLength);
    const document = new Parser(text, yamlV2({ file })).next();
    return document === undefined ? null : new DecoderV2(file, strict).decode(document);
  } catch (error) {
    const json = strict || !isAboutCharacters(error) ? undefined : parseJson(text);
    if (json === undefined) throw error;
    return json;
  }
}

/**
 * The documents of a stream split at `---` lines as Kubernetes' YAML decoder splits them, each read as {@link load} does;
 * documents without content are dropped.
 * @throws YamlError whose position counts lines from the start of the stream; its message counts from the document's.
 */
export function loadDocuments(text: string, options: LoadOptions = {}): LoadedDocument[] {
  const documents: LoadedDocument[] = [];
  for (const section of splitDocuments(text, options.file)) {
    const value = loadSection(section, options);
    if (value !== null) documents.push({ value, line: section.contentLine });
  }
  return documents;
}

function loadSection(section: Section, options: LoadOptions): Json {
  try {
    return load(section.text, options);
  } catch (error) {
    if (!(error instanceof YamlError)) throw error;
    const { line = 1, column } = error.position ?? {};
    throw new YamlError(error.message, { file: options.file, line: line + section.line - 1, column, cause: error });
  }
}

/** JSON knows escapes that YAML does not, such as `\/` and pairs of `\u` for one character. */
function isAboutCharacters(error: unknown): boolean {
  return error instanceof YamlError && /escape|control characters/.test(error.message);
}
