import type { RE2JS } from "re2js";

/** Whether a pattern is found in a text; or what is wrong with the pattern. */
export type PatternTest = (pattern: string, text: string) => boolean | { problem: string };

const maxKnown = 2_000;

/** Loads the RE2 engine, which takes a few milliseconds and most schemas do not need. */
export async function loadPatterns(): Promise<PatternTest> {
  const re2 = await import("re2js");
  const known = new Map<string, RE2JS | { problem: string }>();
  return (pattern, text) => {
    let compiled = known.get(pattern);
    if (compiled === undefined) {
      compiled = compilePattern(re2.RE2JS, pattern);
      if (known.size >= maxKnown) known.clear();
      known.set(pattern, compiled);
    }
    return "problem" in compiled ? compiled : compiled.matcher(text).find();
  };
}

function compilePattern(engine: typeof RE2JS, pattern: string): RE2JS | { problem: string } {
  try {
    return engine.compile(pattern);
  } catch (error) {
    return { problem: error instanceof Error ? error.message : String(error) };
  }
}

/** For schemas without patterns: nothing ever asks. */
export const noPatterns: PatternTest = () => ({ problem: "patterns were not loaded" });
