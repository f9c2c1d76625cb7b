/** Steps that one rule may take on one value. Source: apiserver `pkg/apis/cel/config.go`, PerCallLimit. */
export const maxRuleCost = 1_000_000;
/** Steps that all rules together may take on one object. Source: the same, RuntimeCELCostBudget. */
export const maxObjectCost = 10_000_000;
