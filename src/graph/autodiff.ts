/**
 * Reverse-mode differentiation (Griewank & Walther, "Evaluating Derivatives", chapter 3). Every differentiable operation
 * records its vector-Jacobian product on the tape of its graph; `gradient` replays the tape backwards. The products are
 * built from the same operations, so they can be differentiated again; those nobody needs are pruned on encoding.
 */
import { type Graph, sameShape, show, type Value } from './graph.js';
import { add, expand } from './ops/index.js';

/**
 * Gradients of a scalar with respect to each of `variables`.
 * @param y float value of shape []
 * @returns one value for each variable, of its shape
 * @throws if `y` is not a scalar or does not depend on a variable
 */
export function gradient(y: Value, variables: readonly Value[]): Value[] {
  if (y.shape.length !== 0) throw new Error(`Expected a scalar for y of gradient but received ${show(y)}`);
  const tape = [];
  for (let graph: Graph | undefined = y.graph; graph; graph = graph.parent) tape.push(...graph.tape);
  tape.sort((a, b) => a.id - b.id);

  const dependent = new Set(variables);
  for (const { inputs, outputs } of tape)
    if (inputs.some((input) => dependent.has(input))) for (const output of outputs) dependent.add(output);

  const total = new Map<Value, Value>([[y, y.graph.scalar(1)]]);
  for (const entry of tape.reverse()) {
    if (!entry.outputs.some((output) => dependent.has(output) && total.has(output))) continue;
    const upstream = entry.outputs.map(
      (output) => total.get(output) ?? expand(y.graph.scalar(0), output.shape),
    );
    entry.pullback(upstream).forEach((contribution, i) => {
      const input = entry.inputs[i];
      if (!contribution || !dependent.has(input)) return;
      if (!sameShape(contribution.shape, input.shape))
        throw new Error(`Expected a gradient of ${show(input)} but received ${show(contribution)}`);
      const sum = total.get(input);
      total.set(input, sum ? add(sum, contribution) : contribution);
    });
  }
  return variables.map((variable) => {
    const result = total.get(variable);
    if (!result)
      throw new Error(`Expected y to depend on every variable but received ${show(variable)} without effect`);
    return result;
  });
}
