import { kinds, type Kind } from "@eddy/api";
import type { KindChoice, KindsOfVerb } from "./define-command.ts";

/** One word below a verb: a group such as `sources`, or an end that chooses kinds. */
export interface KindWord {
  word: string;
  /** Other words for the same. */
  aliases: readonly string[];
  children: KindWord[];
  choice?: KindChoice;
  summary: string;
}

/** The words below a verb for the kinds that it takes, in the order of the registry; `all` first. */
export function kindWords(verb: KindsOfVerb, of: readonly Kind[] = kinds): KindWord[] {
  const accepted = of.filter((kind) => verb.where(kind));
  const roots: KindWord[] = [];
  for (const kind of accepted) addKind(roots, kind, verb.words);
  if (verb.all) {
    for (const group of roots.filter((root) => root.choice === undefined))
      group.children.unshift(allWord(kindsBelow(group), group.word));
    roots.unshift(allWord(accepted, "kinds"));
  }
  return roots;
}

function addKind(roots: KindWord[], kind: Kind, form: KindsOfVerb["words"]): void {
  const words = kind.cli[form];
  const others = kind.cli[form === "path" ? "pluralPath" : "path"];
  let level = roots;
  for (const [index, word] of words.entries()) {
    const isLast = index === words.length - 1;
    const other = others[index];
    const aliases = [...(other === undefined || other === word ? [] : [other]), ...(isLast ? kind.cli.aliases : [])];
    let node = level.find((candidate) => candidate.word === word);
    if (!node)
      level.push((node = { word, aliases, children: [], summary: isLast ? kind.description : `${word}, by kind` }));
    if (isLast) node.choice = { kinds: [kind], all: false };
    level = node.children;
  }
}

function kindsBelow(word: KindWord): Kind[] {
  return [...(word.choice?.kinds ?? []), ...word.children.flatMap(kindsBelow)];
}

function allWord(chosen: readonly Kind[], what: string): KindWord {
  return { word: "all", aliases: [], children: [], choice: { kinds: chosen, all: true }, summary: `All ${what}` };
}
