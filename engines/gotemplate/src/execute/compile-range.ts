import { sprint } from "../fmt/sprint.ts";
import type { BranchNode } from "../parse/node.ts";
import { compareGoStrings } from "../value/go-string.ts";
import { followPointer, type GoMap, type GoValue, isMap, Sequence, tagOf, typeOf } from "../value/go-value.ts";
import { int, integer, Integer } from "../value/integer.ts";
import type { Compiler } from "./compile-argument.ts";
import { compilePipe, compileStore, type Store } from "./compile-pipe.ts";
import { compileList } from "./compile-template.ts";
import type { Perform, Run, Signal } from "./run.ts";

/** A loop whose parts are ready to run. */
interface Loop {
  readonly body: Perform;
  readonly setIndex: Store | undefined;
  readonly setElement: Store | undefined;
}

/** `range`: over lists, maps in the order of their keys, integers and iterators; nothing is an empty list. */
export function compileRange(node: BranchNode, compiler: Compiler): Perform {
  return compiler.scope.within(() => {
    const { pipe, list, elseList } = node;
    const evaluate = compilePipe(pipe, compiler);
    const stores = pipe.declared.map(({ names }) => {
      const name = names[0] as string;
      return compileStore(name, compiler.scope.resolve(name));
    });
    const body = compiler.scope.within(() => compileList(list, compiler));
    const otherwise = elseList && compiler.scope.within(() => compileList(elseList, compiler));
    const loop: Loop = {
      body,
      setIndex: stores.length > 1 ? stores[0] : undefined,
      setElement: stores.length > 1 ? stores[1] : stores[0],
    };
    return (run, dot) => {
      run.step();
      run.node = node;
      const value = evaluate(run, dot);
      const outer = run.dotIsInterface;
      const hadAny = iterate(run, value, loop);
      run.dotIsInterface = outer;
      return hadAny || otherwise === undefined ? 0 : otherwise(run, dot);
    };
  });
}

/** Runs the body once for each element; false where there is none. */
function iterate(run: Run, value: GoValue, loop: Loop): boolean {
  if (value === undefined || value === null) return false;
  if (Array.isArray(value)) return overList(run, value, loop, typeOf(value).elem?.kind === "interface");
  if (value instanceof Integer) return overInteger(run, value, loop);
  if (value instanceof Uint8Array) {
    return overList(
      run,
      Array.from(value, (byte) => integer("uint8", byte)),
      loop,
      false,
    );
  }
  if (value instanceof Sequence) return overSequence(run, value, loop);
  if (isMap(value)) return overMap(run, value, loop, typeOf(value).elem?.kind === "interface");
  return run.fail(`range can't iterate over ${sprint([followPointer(value)])}`);
}

function round(run: Run, loop: Loop, index: GoValue, element: GoValue, isInterface: boolean): Signal {
  run.step();
  loop.setElement?.(run, element, isInterface);
  loop.setIndex?.(run, index, false);
  run.dotIsInterface = isInterface;
  return loop.body(run, element);
}

function overList(run: Run, list: readonly GoValue[], loop: Loop, isInterface: boolean): boolean {
  // Elements that a body appends are not seen, as Go's slice header does not grow.
  const { length } = list;
  for (let index = 0; index < length; index++) {
    if (round(run, loop, loop.setIndex === undefined ? undefined : int(index), list[index], isInterface) === 1) break;
  }
  return length > 0;
}

function overMap(run: Run, map: GoMap, loop: Loop, isInterface: boolean): boolean {
  const entries = sortedEntries(map);
  const keyOf = tagOf(map)?.keyOf;
  for (const [key, value] of entries) {
    if (round(run, loop, keyOf === undefined ? key : keyOf(key), value, isInterface) === 1) break;
  }
  return entries.length > 0;
}

/** Members of a map in the order of their keys' bytes. */
function sortedEntries(map: GoMap): [string, GoValue][] {
  const entries = Object.entries(map).filter(([, value]) => value !== undefined);
  return entries.sort(([left], [right]) => compareGoStrings(left, right));
}

function overInteger(run: Run, count: Integer, loop: Loop): boolean {
  if (loop.setIndex !== undefined) {
    return run.fail(`can't use ${count.toString()} to iterate over more than one variable`);
  }
  for (let index = 0n; index < count.value; index++) {
    if (round(run, loop, undefined, integerLike(count, index), false) === 1) break;
  }
  return count.value > 0n;
}

function integerLike({ type }: Integer, value: bigint): Integer {
  return type === "int" ? int(value) : integer(type, value);
}

function overSequence(run: Run, sequence: Sequence, loop: Loop): boolean {
  if (!sequence.pairs && loop.setIndex !== undefined) {
    return run.fail(`can't use ${sprint([sequence])} iterate over more than one variable`);
  }
  let hadAny = false;
  for (const [key, value] of sequence.iterate()) {
    hadAny = true;
    // With one variable it takes the key, and so does the dot.
    const element = sequence.pairs && loop.setIndex === undefined ? key : value;
    if (round(run, loop, key, element, false) === 1) break;
  }
  return hadAny;
}
