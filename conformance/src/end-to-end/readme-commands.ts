/** A line of a README that a reader types. */
export interface ReadmeCommand {
  /** As it stands in the text. */
  text: string;
  /** What it begins with counts: `npx eddy up` stays, everything else ends. */
  stays: boolean;
}

/** The lines of all `sh` blocks of a text, in their order. Pure. */
export function readmeCommands(markdown: string): ReadmeCommand[] {
  return [...markdown.matchAll(/^```sh\n(.*?)^```$/gms)].flatMap(([, block = ""]) =>
    block
      .split("\n")
      .filter((line) => line.trim() !== "")
      .map((text) => ({ text, stays: text.startsWith("npx eddy up ") })),
  );
}
