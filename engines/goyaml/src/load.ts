import type { Json } from "@eddy/core/json";
import { YamlError } from "./yaml-error.ts";

/** Options of {@link load} and {@link loadDocuments}. */
export interface LoadOptions {
  /** Named in the position of an error. */
  file?: string;
  /** Refuse a key that is set twice in one mapping; otherwise the last one wins. */
  strict?: boolean;
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
  throw new YamlError(`Load YAML of ${text.length} characters: not built yet`, { file: options.file });
}

/**
 * The documents of a stream split at `---` lines as Kubernetes' YAML decoder splits them, each read as {@link load} does;
 * documents without content are dropped.
 * @throws YamlError; lines count from the start of the stream.
 */
export function loadDocuments(text: string, options: LoadOptions = {}): LoadedDocument[] {
  throw new YamlError(`Load YAML of ${text.length} characters: not built yet`, { file: options.file });
}
