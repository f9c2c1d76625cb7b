import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { threadCpuMs } from "../clock/index.ts";
import { childText, childrenOf, escapeXml, parseXml } from "./index.ts";

test("reads elements, text, entities, CDATA; passes over the rest", () => {
  const root = parseXml(`<?xml version="1.0" encoding="UTF-8"?>
    <!-- a > comment --><s3:List xmlns:s3='http://x/"a>b'><Empty/><Key a="1 > 0">a &amp; b&#x20AC;&#65;</Key>
    <Key><![CDATA[<raw>]]></Key><Deep><Er>x</Er></Deep></s3:List>`);
  expect(root.name).toBe("List");
  expect(childrenOf(root, "Key").map(({ text }) => text)).toEqual(["a & b€A", "<raw>"]);
  expect([childText(root, "Deep", "Er"), childText(root, "Empty"), childText(root, "None", "Er")]).toEqual([
    "x",
    "",
    undefined,
  ]);
});

describe("refuses", () => {
  test.each([
    ["", "want exactly one root element"],
    ["<a/><b/>", "want exactly one root element"],
    ["text", "want exactly one root element"],
    ["<a>", "<a> does not end"],
    ["<a></b>", "unexpected </b>"],
    ["</a>", "unexpected </a>"],
    ["<a><b", "a tag does not end"],
    ['<!DOCTYPE a [<!ENTITY x "y">]><a>&x;</a>', "a document type is not allowed"],
    ["<a>&nbsp;</a>", 'the entity "nbsp" is not known'],
    ["<a>&#9999999;</a>", "is no character"],
    ["<a>".repeat(65), "more than 64 levels"],
  ])("%s", (text, why) => expect(() => parseXml(text)).toThrow(why));
});

test("what was escaped is read back", () => {
  fc.assert(
    fc.property(fc.string({ unit: "grapheme" }), (text) => {
      const clean = text.replace(/[\u0000-\u0008\u000B\u000C\u000E-\u001F\uFFFE\uFFFF]/g, "\uFFFD");
      expect(parseXml(`<a>${escapeXml(text)}</a>`).text).toBe(clean);
    }),
  );
});

function outcomeOf(text: string): string {
  try {
    return parseXml(text) && "tree";
  } catch (error) {
    return (error as { code: string }).code;
  }
}

test("any text gives a tree or an error of its own, soon", () => {
  const pieces = [
    "<",
    ">",
    "/",
    "a",
    "<a>",
    "</a>",
    "<!--",
    "-->",
    "<![CDATA[",
    "]]>",
    '"',
    "'",
    "&",
    ";",
    "<?",
    "?>",
    " ",
  ];
  fc.assert(
    fc.property(fc.array(fc.constantFrom(...pieces), { maxLength: 200 }), (parts) => {
      expect(outcomeOf(parts.join(""))).toMatch(/^(?:tree|INVALID_XML)$/);
    }),
  );
  const started = threadCpuMs();
  expect(() => parseXml("<a ".repeat(20_000))).toThrow("read XML");
  expect(threadCpuMs() - started).toBeLessThan(5_000);
});
