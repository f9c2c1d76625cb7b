import { EddyError } from "@eddy/core/errors";

/** Options of {@link YamlError}. */
export interface YamlErrorOptions {
  file?: string | undefined;
  line?: number | undefined;
  column?: number | undefined;
  cause?: unknown;
}

/**
 * What go-yaml says about a text or a node that is not what it should be: `yaml: line 3: did not find expected key`.
 * Terminal, code `INVALID_YAML`. Line and column count from 1.
 */
export class YamlError extends EddyError {
  override readonly name: string = "YamlError";

  constructor(message: string, options: YamlErrorOptions = {}) {
    const { file, line, column } = options;
    super("INVALID_YAML", message, {
      class: "terminal",
      position: {
        ...(file === undefined ? {} : { file }),
        ...(line === undefined ? {} : { line }),
        ...(column === undefined ? {} : { column }),
      },
      ...(options.cause === undefined ? {} : { cause: options.cause }),
    });
  }
}
