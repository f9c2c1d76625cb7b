import { SubstitutionError } from "./substitution-error.ts";

const maxCharacters = 64 * 1024 * 1024;
const maxSteps = 100_000_000;

/**
 * What the references of one text, or of all texts of one caller, may make and take together: 64 Mi characters, also of
 * arguments that nobody uses, and 100 million comparisons of characters with patterns (about a second). Real manifests need
 * some thousands of each. It counts, so the same texts are always judged the same.
 */
export class SubstitutionBudget {
  private characters = 0;
  private steps = 0;

  /** @throws SubstitutionError */
  spendCharacters(count: number): void {
    this.characters += count;
    if (this.characters > maxCharacters)
      throw new SubstitutionError(`substitute: want at most ${maxCharacters} characters from all references`);
  }

  /** @throws SubstitutionError */
  spendSteps(count: number): void {
    this.steps += count;
    if (this.steps > maxSteps) throw new SubstitutionError(`substitute: want at most ${maxSteps} steps to trim`);
  }
}
