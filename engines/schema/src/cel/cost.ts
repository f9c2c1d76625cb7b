/** Steps that one evaluation may take. Source: apiserver `pkg/apis/cel/config.go`, PerCallLimit. */
export const maxRuleCost = 1_000_000;
/** Steps that all rules together may take on one object. Source: the same, RuntimeCELCostBudget. */
export const maxObjectCost = 10_000_000;
/** Characters of an expression. Source: cel-go `parser/options.go`, expressionSizeCodePointLimit. */
export const maxExpressionLength = 100_000;
/** What an evaluation says that took more. Source: cel-go `interpreter/runtimecost.go` and `interpreter/interpreter.go`. */
export const costExceeded = "operation cancelled: actual cost limit exceeded";
