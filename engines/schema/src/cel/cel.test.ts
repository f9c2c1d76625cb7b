import { describe, expect, it } from "vitest";
import { compileCel } from "./compile.ts";

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

  it("keeps patterns and loops bounded", async () => {
    expect(await evaluate("t.matches('^(a+)+$')", { t: `${"a".repeat(2_000)}b` })).toBe(false);
    const loops = "l.all(a, l.all(b, l.all(c, l.all(d, a == b))))";
    await expect(evaluate(loops, { l: Array.from({ length: 200 }, () => 1) })).rejects.toThrow(
      "actual cost limit exceeded",
    );
  });
});
