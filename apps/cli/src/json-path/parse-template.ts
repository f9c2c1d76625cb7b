import { PathParser } from "./parse-path.ts";
import type { TemplatePart } from "./path-node.ts";

const maxTemplateLength = 64 * 1024;

/**
 * A JSONPath template as kubectl has it: `{.image.tag}`, `{range .items[*]}{.name}{"\n"}{end}`. Source: client-go `util/jsonpath`.
 * @throws Error in kubectl's words.
 */
export function parseTemplate(text: string): readonly TemplatePart[] {
  if (text.length > maxTemplateLength) throw new Error(`a template has at most ${maxTemplateLength} characters`);
  const whole: TemplatePart[] = [];
  const open: TemplatePart[][] = [whole];
  const add = (part: TemplatePart): void => void open.at(-1)?.push(part);
  for (let at = 0; at < text.length;) {
    const brace = text.indexOf("{", at);
    const end = brace < 0 ? text.length : brace;
    if (end > at) add({ kind: "text", text: text.slice(at, end) });
    if (brace < 0) break;
    const action = new PathParser(text, brace + 1).parse();
    at = action.end;
    const [first, ...rest] = action.nodes;
    const word = first?.kind === "identifier" ? first.name : undefined;
    if (word === "range") {
      const body: TemplatePart[] = [];
      add({ kind: "range", nodes: rest, body });
      open.push(body);
    } else if (word === "end" && open.length > 1) open.pop();
    else add({ kind: "path", nodes: action.nodes });
  }
  // What an unclosed loop repeats is seen once more, by what is around it.
  for (let body = open.pop(); open.length > 0; body = open.pop()) open.at(-1)?.push(...(body ?? []));
  return whole;
}
