/** Something that may be chosen. */
export interface Choice {
  readonly label: string;
  readonly isChosen: boolean;
}

/** A menu on a terminal. */
export interface Menu {
  readonly choices: readonly Choice[];
  readonly cursor: number;
  /** What came of it; undefined while it is open. */
  readonly end?: "accepted" | "aborted";
}

/** All are chosen, the cursor is on the first. */
export function openMenu(labels: readonly string[]): Menu {
  return { choices: labels.map((label) => ({ label, isChosen: true })), cursor: 0 };
}

const [up, down] = ["\u001b[A", "\u001b[B"];

/** What a key does: ↑ ↓ k j move, Tab and Space choose, Enter accepts, q, Esc and Ctrl-C abort. Pure. Source: fluxctl `--interactive`. */
export function pressKey(menu: Menu, key: string): Menu {
  const { choices, cursor } = menu;
  const moveTo = (at: number): Menu => ({ ...menu, cursor: (at + choices.length) % choices.length });
  switch (key) {
    case up:
    case "k":
      return moveTo(cursor - 1);
    case down:
    case "j":
      return moveTo(cursor + 1);
    case " ":
    case "\t":
      return {
        ...menu,
        choices: choices.map((choice, at) => (at === cursor ? { ...choice, isChosen: !choice.isChosen } : choice)),
      };
    case "\r":
    case "\n":
      return { ...menu, end: "accepted" };
    case "q":
    case "\u001b":
    case "\u0003":
      return { ...menu, end: "aborted" };
    default:
      return menu;
  }
}

/** The menu as text, a line each choice. */
export function formatMenu({ choices, cursor }: Menu): string {
  const lines = choices.map(
    ({ label, isChosen }, at) => `${at === cursor ? "⇒" : " "} ${isChosen ? "◉" : "◯"} ${label}\n`,
  );
  return `${lines.join("")}\nUse arrow keys and [Space] to deselect containers; hit [Enter] to release selected.\n`;
}

/** Where keys come from. */
export interface KeyInput extends NodeJS.ReadableStream {
  isTTY?: boolean;
  setRawMode?(isRaw: boolean): unknown;
}

/** Asks on the terminal; the chosen places in the list, or undefined when it was left. */
export async function chooseUpdates(
  labels: readonly string[],
  input: KeyInput,
  print: (text: string) => void,
): Promise<readonly number[] | undefined> {
  let menu = openMenu(labels);
  print(formatMenu(menu));
  input.setRawMode?.(true);
  try {
    for await (const chunk of input) {
      for (const key of keysOf(String(chunk))) menu = menu.end ? menu : pressKey(menu, key);
      if (menu.end) break;
      print(`\u001b[${labels.length + 2}A\u001b[J${formatMenu(menu)}`);
    }
  } finally {
    input.setRawMode?.(false);
  }
  if (menu.end !== "accepted") return undefined;
  return menu.choices.flatMap(({ isChosen }, at) => (isChosen ? [at] : []));
}

// oxlint-disable-next-line no-control-regex
const keyPattern = /\u001b\[[A-D]|[^]/gu;

/** Keys may arrive several at once. */
function keysOf(text: string): string[] {
  return text.match(keyPattern) ?? [];
}
