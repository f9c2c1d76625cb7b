/** Something in an object's labels and annotations that cannot be meant. */
export interface PolicyProblem {
  /**
   * `Contradiction`: two keys say different things. `InvalidValue`: a value that nobody can read; nothing is updated by it.
   * `NoEffect`: a key that changes nothing beside the others.
   */
  readonly form: "Contradiction" | "InvalidValue" | "NoEffect";
  /** `keel.sh/policy`, `label keel.sh/policy`. */
  readonly keys: readonly string[];
  /** What is, and what becomes of it. */
  readonly message: string;
}

/** Metadata that policies are read from. */
export interface PolicyMetadata {
  readonly labels?: Readonly<Record<string, string>> | undefined;
  readonly annotations?: Readonly<Record<string, string>> | undefined;
}
