import type { TraceContext } from "./trace-context.ts";

/** Makes traces of passes. */
export interface Tracer {
  /** A pass begins now. `parent`: what asked for it, a webhook with a trace of its own. */
  beginPass(subject: PassSubject, parent?: TraceContext): PassTrace;
  /** Sends what is known. Never rejects. */
  stop(): Promise<void>;
}

/** What a pass is over. */
export interface PassSubject {
  readonly group: string;
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
  readonly uid?: string | undefined;
}

/** One pass. */
export interface PassTrace {
  /** A step ended just now. */
  step(name: string, durationMs: number, error?: string): void;
  /** The pass is about this revision: those of other objects about it, soon after, belong to the same trace. */
  revision(revision: string): void;
  end(end: PassEnd): void;
}

/** How a pass ended. */
export interface PassEnd {
  /** Like `success`. */
  readonly outcome: string;
  /** Why it failed; masked. */
  readonly error?: string | undefined;
}
