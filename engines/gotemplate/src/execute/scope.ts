/** Where the variables of a template are kept, resolved while it is compiled. `$` is at 0. */
export class Scope {
  /** How many places the template needs. */
  slots = 1;
  private readonly names: { name: string; slot: number }[] = [{ name: "$", slot: 0 }];

  /** A new place for a name, which hides earlier ones. */
  declare(name: string): number {
    const slot = this.slots++;
    this.names.push({ name, slot });
    return slot;
  }

  /** The place of a name, or undefined where none is in scope. */
  resolve(name: string): number | undefined {
    for (let index = this.names.length - 1; index >= 0; index--) {
      const entry = this.names[index];
      if (entry?.name === name) return entry.slot;
    }
    return undefined;
  }

  /** Runs `inside`, then forgets what was declared in it. */
  within<Result>(inside: () => Result): Result {
    const depth = this.names.length;
    const result = inside();
    this.names.length = depth;
    return result;
  }
}
