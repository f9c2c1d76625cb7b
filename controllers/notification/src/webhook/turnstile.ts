/** Lets so many through in one turn of the event loop, in the order in which they came. */
export interface Turnstile {
  /** Undefined: at once. */
  pass(): Promise<void> | undefined;
}

/**
 * However many calls are there at the same time, what else the process waits for (the API server's answer to an honest one) is looked at
 * after `perTurn` of them.
 */
export function createTurnstile(perTurn: number): Turnstile {
  const waiting: (() => void)[] = [];
  let passed = 0;
  const turn = (): void => {
    const next = waiting.splice(0, perTurn);
    passed = next.length;
    if (passed > 0) setImmediate(turn);
    for (const go of next) go();
  };
  return {
    pass() {
      if (passed < perTurn) {
        if (passed++ === 0) setImmediate(turn);
        return undefined;
      }
      return new Promise((resolve) => waiting.push(resolve));
    },
  };
}
