import { describe, expect, it } from "vitest";
import { compileCel } from "./compile.ts";
import { maxRuleCost } from "./cost.ts";
import { loadEngine } from "./engine.ts";
import { compileExpression } from "./expression.ts";
import { meterExpression } from "./metering.ts";
import { patternSize } from "./pattern-size.ts";

async function evaluate(expression: string, variables: Record<string, unknown> = {}): Promise<unknown> {
  const program = await compileCel(expression, { variables: Object.keys(variables) });
  return program.evaluate(variables);
}

// Truth is the Kubernetes 1.34+ base environment of the API server.
describe("compileCel()", () => {
  it.each<[string, Record<string, unknown>, unknown]>([
    ["o.a + 1", { o: { a: 1 } }, 2n],
    ["o.a == 1.0 && 1 < 1.5", { o: { a: 1 } }, true],
    ["o.?a.optMap(v, v * 2).orValue(0)", { o: { a: 4 } }, 8n],
    ["o.?b.optMap(v, v * 2).orValue(0)", { o: { a: 4 } }, 0n],
    ["o.?a.optFlatMap(v, o.?b).hasValue()", { o: { a: 4 } }, false],
    ["has(o.a) && !has(o.b)", { o: { a: null } }, true],
    [
      "l.filter(x, x.t == 'a').all(x, x.v > 1)",
      {
        l: [
          { t: "a", v: 2 },
          { t: "b", v: 0 },
        ],
      },
      true,
    ],
    ["'a.b.a'.replace('a', 'c', 1)", {}, "c.b.a"],
    ["'x=%d y=%.2f z=%s %%'.format([1, 1.5, [true, 'q']])", {}, "x=1 y=1.50 z=[true, q] %"],
    ["'hello'.charAt(1) + 'abc'.reverse()", {}, "ecba"],
    ["'a1b22'.findAll('[0-9]+')", {}, ["1", "22"]],
    ["'foo'.matches('^f(o|x)+$') && !'bar'.matches('^f')", {}, true],
    ["'ab' // .matches\n.matches('(?i)AB')", {}, true],
    ["'ab'. // .matches\nmatches('(?i)AB') && matches('ab', '(?i)AB')", {}, true],
    ["['ab'].exists(matches, matches // .matches\n.matches('(?i)AB'))", {}, true],
    ["-9223372036854775808 < 0 && 'a' in {'a': 1} && !('b' in {'a': 1})", {}, true],
    ["'%s %s'.format([duration('90.5s'), duration('-1.5s')])", {}, "90.5s -1.5s"],
    ["sets.equivalent([1, 2], [2, 1]) && sets.intersects([1], [1, 3])", {}, true],
    ["[3, 1, 2].sort() == [1, 2, 3] && [1, 2].isSorted() && [1, 2, 3].max() == 3", {}, true],
    ["[[1], [2]].flatten().sum()", {}, 3n],
    ["quantity('1Gi').compareTo(quantity('1024Mi')) == 0 && isQuantity('1k') && !isQuantity('x')", {}, true],
    ["quantity('500m').add(quantity('1')).asApproximateFloat()", {}, 1.5],
    ["semver('1.2.3').isLessThan(semver('1.10.0')) && !isSemver('1.2')", {}, true],
    ["ip('::1').isLoopback() && ip('10.0.0.1').family() == 4 && !isIP('300.0.0.1')", {}, true],
    ["cidr('10.0.0.0/8').containsCIDR('10.1.0.0/16') && string(cidr('10.1.2.3/8').masked()) == '10.0.0.0/8'", {}, true],
    ["string(ip('2001:DB8:0:0:1:0:0:1'))", {}, "2001:db8::1:0:0:1"],
    ["url('https://h:81/p%20q?a=1&a=2').getQuery()['a']", {}, ["1", "2"]],
    ["url('/p').getEscapedPath() + url('https://h:81/').getPort() + (isURL('x y') ? '!' : '')", {}, "/p81"],
    ["string(base64.decode('aGk='))", {}, "hi"],
  ])("%s", async (expression, variables, want) => {
    expect(await evaluate(expression, variables)).toEqual(want);
  });

  it.each([
    ["1 +", "CEL_INVALID", "failed to parse the CEL expression '1 +': Unexpected token: EOF"],
    ["unknown == 1", "CEL_INVALID", "failed to parse the CEL expression 'unknown == 1': Unknown variable: unknown"],
    ["o.nope", "CEL_FAILED", "failed to evaluate the CEL expression 'o.nope': no such key: nope"],
    ["1 / 0", "CEL_FAILED", "failed to evaluate the CEL expression '1 / 0': division by zero"],
    [
      "{[1]: 2} == {}",
      "CEL_INVALID",
      "failed to parse the CEL expression '{[1]: 2} == {}': unsupported key type: list<int>",
    ],
    ["{dyn([1]): 2}", "CEL_FAILED", "failed to evaluate the CEL expression '{dyn([1]): 2}': unsupported key type"],
    ["o[dyn([1])]", "CEL_FAILED", "failed to evaluate the CEL expression 'o[dyn([1])]': unsupported key type"],
    ["o[?dyn([1])]", "CEL_FAILED", "failed to evaluate the CEL expression 'o[?dyn([1])]': unsupported key type"],
    ["dyn([1]) in o", "CEL_FAILED", "failed to evaluate the CEL expression 'dyn([1]) in o': unsupported key type"],
    [
      "9223372036854775809 > 0",
      "CEL_INVALID",
      "failed to parse the CEL expression '9223372036854775809 > 0': invalid int literal",
    ],
    [
      "ip('x')",
      "CEL_FAILED",
      "failed to evaluate the CEL expression 'ip('x')': IP Address \"x\" parse error during conversion from string",
    ],
  ])("%s: %s", async (expression, code, message) => {
    await expect(evaluate(expression, { o: {} })).rejects.toMatchObject({ code, message });
  });

  it("checks the type of the result", async () => {
    const program = await compileCel("v", { variables: ["v"], result: "bool" });
    expect(program.evaluate({ v: true })).toBe(true);
    expect(() => program.evaluate({ v: 1 })).toThrow("failed to evaluate CEL expression as boolean: 'v'");
  });

  it("takes any name for a variable, and says which is missing", async () => {
    const program = await compileCel("status.ready && sets.contains([kind], ['X'])", { variables: "any" });
    expect(program.evaluate({ status: { ready: true }, kind: "X" })).toBe(true);
    expect(() => program.evaluate({ kind: "X" })).toThrow("no such attribute(s): status");
  });

  it("takes no expression of more than a hundred thousand characters", async () => {
    await expect(evaluate(`true // ${"x".repeat(100_000)}`)).rejects.toThrow(
      "expression code point size exceeds limit: size: 100008, limit 100000",
    );
  });

  it("looks for patterns in linear time", async () => {
    expect(await evaluate("t.matches('^(a+)+$')", { t: `${"a".repeat(2_000)}b` })).toBe(false);
  });

  const a = (count: number): string => "a".repeat(count);
  // Each is done, for better or worse, in less than a second where nothing is counted.
  it.each<[string, string, Record<string, unknown>]>([
    ["loops over a variable", "l.all(a, l.all(b, l.all(c, l.all(d, a == b))))", { l: Array(200).fill(1) }],
    ["loops over literals", nested(6, (inner, at) => `[1,2,3,4,5,6,7,8,9,10].all(v${at}, ${inner})`, "true"), {}],
    ["loops over ranges", "lists.range(1000).all(x, lists.range(1000).all(y, true))", {}],
    ["loops over characters", "t.split('').all(x, t.split('').all(y, true))", { t: a(1_000) }],
    ["loops over what loops made", "lists.range(1000).map(x, lists.range(1000)).size() > 0", {}],
    ["what `||` would hide", "lists.range(1000).all(x, lists.range(1000).all(y, true)) || true", {}],
    ["errors that a loop hides", "lists.range(100).all(x, lists.range(100).exists(y, 1 / 0 == 1))", {}],
    ["errors that an index hides", "lists.range(6000).all(x, !dyn([1])[?5].hasValue())", {}],
    [
      "a list that doubles",
      doubled(
        18,
        "[1,2,3,4]",
        (list) => `${list} + ${list}`,
        (list) => `${list} != []`,
      ),
      {},
    ],
    [
      "a text that doubles",
      doubled(
        20,
        `'${a(16)}'`,
        (text) => `${text} + ${text}`,
        (text) => `${text} != ''`,
      ),
      {},
    ],
    [
      "a list shown many times",
      doubled(
        17,
        "[1]",
        (l) => `[${l}, ${l}]`,
        (l) => `'%s'.format([[${l}, ${l}, ${l}]]) != ''`,
      ),
      {},
    ],
    [
      "lists compared",
      doubled(
        18,
        "[1]",
        (l) => `[${l}, ${l}]`,
        (l) => `[${l}, ${l}] != dyn([${l}, []])`,
      ),
      {},
    ],
    [
      "keys of a large map",
      "lists.range(1000).all(x, m.exists(k, true))",
      { m: Object.fromEntries([...a(300)].map((_, at) => [`k${at}`, at])) },
    ],
    ["a long separator", "lists.range(1000).map(x, 'a').join(t) != ''", { t: a(20_000) }],
    ["a long search", "t.contains('b' + p)", { t: a(100_000), p: a(1_000) }],
    ["each with each", "sets.contains(lists.range(1200), lists.range(1200))", {}],
    ["each unlike each", "lists.range(2500).distinct().size() > 0", {}],
    ["quantities of digits", "lists.range(400).all(x, !isQuantity(t))", { t: `${"1".repeat(255)}!` }],
    ["a duration of digits", "duration(t) > duration('1s')", { t: "1".repeat(400) }],
    [
      "other time zones",
      "lists.range(600).all(x, timestamp('2024-01-01T00:00:00Z').getHours('Europe/Berlin') >= 0)",
      {},
    ],
    ["a large pattern", `'a'.matches('${"a{1000}".repeat(70)}')`, {}],
    ["a large pattern in a long text", "t.matches('(?i)a{500}$')", { t: `${a(5_000)}b` }],
    ["many patterns", "lists.range(4000).all(x, !'b'.matches('a' + string(x)))", {}],
    ["many searches", "t.findAll('a.*b|a').size() > 0", { t: a(2_000) }],
  ])("stops %s", async (_name, expression, variables) => {
    await expect(evaluate(expression, variables)).rejects.toThrow(/: operation cancelled: actual cost limit exceeded$/);
  });

  // Of the guides and examples of Flux, and like them: a hundredth of what an evaluation may take.
  it.each([
    "o.conditions.filter(e, e.type == 'Ready').all(e, e.generation == o.generation && e.status == 'True')",
    "o.conditions.all(a, o.conditions.exists_one(b, a.type == b.type))",
    "o.tag.split('/')[2].split(':')[0] == 'podinfo' && semver(o.tag.split(':')[1]).isLessThan(semver('2.0.0'))",
    "o.ref.matches('^refs/(heads|tags)/[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$') && o.ref in ['x', o.ref]",
    "isURL(o.url) && url(o.url).getHost() == 'token.actions.githubusercontent.com'",
  ])("lets pass %s", async (expression) => {
    const { run } = compileExpression(await loadEngine(), expression, ["o"]);
    const conditions = ["A", "B", "C", "D", "Ready"].map((type) => ({ type, status: "True", generation: 1n }));
    const o = { conditions, generation: 1n, tag: "eu.gcr.io/p/podinfo:1.2.3", ref: "refs/heads/main" };
    const values = { o: { ...o, url: "https://token.actions.githubusercontent.com" } };
    expect(run(values, maxRuleCost / 100)).toMatchObject({ result: true });
  });
});

function nested(depth: number, wrap: (inner: string, at: number) => string, inner: string): string {
  return Array.from({ length: depth }).reduce((text: string, _item, at) => wrap(text, at), inner);
}

function doubled(times: number, first: string, step: (name: string) => string, last: (name: string) => string): string {
  const inner = nested(
    times,
    (text, at) => `cel.bind(a${times - at}, ${step(`a${times - at - 1}`)}, ${text})`,
    last(`a${times}`),
  );
  return `cel.bind(a0, ${first}, ${inner})`;
}

describe("meterExpression()", () => {
  it("refuses what it cannot count", async () => {
    const { meter, fail } = await loadEngine();
    const node = { op: "spread", args: [], meta: {} } as unknown as Parameters<typeof meterExpression>[0];
    expect(() => meterExpression(node, { meter, fail, error: 1 })).toThrow('the cost of "spread" is not known');
  });
});

describe("patternSize()", () => {
  it.each([
    "^(a+)+$",
    "a{1000}",
    "(((a{10}){10}){10})",
    "(a|b|c)*d{2,}",
    "^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$",
    `(${"abc".repeat(100)}[(]){100}`,
    `(${"abc".repeat(100)}[[:alpha:](]){100}`,
    `(${"abc".repeat(100)}[])(]){100}`,
    String.raw`\Q[\E(a{100}){10}`,
    String.raw`(x\(y{100}[^])]z){9}`,
  ])("is at least RE2's, and not many times it: %s", async (pattern) => {
    const { RE2JS } = await import("re2js");
    const size = RE2JS.compile(pattern).programSize();
    expect(patternSize(pattern)).toBeGreaterThan(0.6 * size - 5);
    expect(patternSize(pattern)).toBeLessThan(3 * size + 20);
  });
});
