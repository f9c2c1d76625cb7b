import { describe, expect, it } from "vitest";
import { decode, encodeDocuments, getField, nodeOf, parseDocuments, setField, stringNode, YamlError } from "./index.ts";

describe("what kyaml's settings leave as it is", () => {
  const cases: string[] = [
    "# head\na: 1 # line\n# foot\n\nb:\n# of c\n- c # d\n- e: f\n  g: [h, {i: j}]\n",
    "a: |\n  b\n\n  c\nd: >-\n  e\nf: \"g\"\nh: 'i'\n",
    "a: &x {b: c}\nd: *x\ne: !!str 1\n",
    "# document\n\n# a\na: b\n",
    "a:\n- b\n---\nc: d\n",
    "- - a\n  - b\n- c: d\n  e: f\n",
  ];
  it.each(cases)("%j", (text) => {
    expect(encodeDocuments(parseDocuments(text), { indent: 2, compactSequences: true })).toBe(text);
  });
});

describe("what go-yaml changes", () => {
  const cases: [name: string, text: string, want: string][] = [
    ["indentation of lists", "a:\n- b\n", "a:\n    - b\n"],
    ["merge keys get a tag", "a: &x {b: c}\n<<: *x\n", "a: &x {b: c}\n!!merge <<: *x\n"],
    ["blanks in front of comments", "a: b    # c\n", "a: b # c\n"],
    ["flow collections over several lines", "a: [b,\n  c]\n", "a: [b, c]\n"],
    ["a comment behind a key goes above the block", "a: # b\n  c: d\n", "a: # b\n    c: d\n"],
    ["folded plain scalars", "a: b\n  c\n", "a: b c\n"],
    ["escapes beyond U+FFFF", "a: 😀\n", 'a: "\\U0001F600"\n'],
  ];
  it.each(cases)("%s", (_name, text, want) => expect(encodeDocuments(parseDocuments(text))).toBe(want));
});

describe("comments find their node", () => {
  it("head, line and foot", () => {
    const [document] = parseDocuments("# top\n\n# head\na: 1 # line\n# foot\n\n# next\nb: 2\n# last\n");
    const [a, one, b] = document?.content[0]?.content ?? [];
    expect(document?.headComment).toBe("# top");
    expect(a).toMatchObject({ headComment: "# head", footComment: "# foot" });
    expect(one?.lineComment).toBe("# line");
    expect(b).toMatchObject({ headComment: "# next", footComment: "# last" });
  });
});

describe("decode", () => {
  const first = (text: string): unknown => decode(parseDocuments(text)[0] ?? stringNode(""));

  it("reads as v3: old booleans are text, timestamps RFC 3339, merges after own keys", () => {
    expect(first("a: yes\nb: 2001-01-01\nc: {d: 1, <<: {d: 2, e: 3}}\n1: x\n")).toEqual({
      a: "yes",
      b: "2001-01-01T00:00:00Z",
      c: { d: 1, e: 3 },
      "1": "x",
    });
  });

  it("refuses keys that are there twice, and keys that are no text further in", () => {
    const twice = 'yaml: unmarshal errors:\n  line 2: mapping key "a" already defined at line 1';
    expect(() => first("a: 1\na: 2\n")).toThrow(new YamlError(twice).message);
    expect(() => first("a: {1: b}\n")).toThrow("json: unsupported type: map[interface {}]interface {}");
  });
});

describe("nodes that are made", () => {
  it("are quoted where they would read as something else", () => {
    const node = nodeOf({ a: "yes", b: "1", f: "yes", c: [true, null, 1.5, 9007199254740993n], d: "x\ny\n" });
    setField(node, "a", stringNode("null"));
    setField(node, "e", stringNode("new"));
    expect(encodeDocuments([node], { indent: 2, compactSequences: true })).toBe(
      'a: "null"\nb: "1"\nf: "yes"\nc:\n- true\n- null\n- 1.5\n- 9007199254740993\nd: |\n  x\n  y\ne: new\n',
    );
    expect(getField(node, "e")?.value).toBe("new");
  });
});
