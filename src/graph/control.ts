/** Loops inside a graph. */
import { Graph, show, type Value } from './graph.js';
import { differentiable } from './ops/index.js';

export interface ScanResult {
  /** The state after the last step. */
  state: Value[];
  /** What the steps gave out, stacked along a new first axis. */
  stacked: Value[];
}

/**
 * Runs `step` once for each index of the first axis of `sequences`, handing the state on. The number of steps may be
 * unknown while building. One run of a graph can so do many training steps without the state leaving it. Gradients are
 * taken inside `step`, not through the scan.
 * @param state initial values; `step` returns their successors, equal in type and shape
 * @param sequences values [steps, ...]; `step` receives their [...] parts
 */
export function scan(
  state: readonly Value[],
  sequences: readonly Value[],
  step: (state: Value[], items: Value[]) => { state: Value[]; stacked: Value[] },
): ScanResult {
  const [steps] = sequences[0]?.shape ?? [];
  for (const sequence of sequences)
    if (sequence.shape.length === 0 || sequence.shape[0] !== steps)
      throw new Error(`Expected sequences of ${steps} steps for scan but received ${show(...sequences)}`);
  const outer = Graph.innermost([...state, ...sequences]);
  const body = new Graph(outer);
  const result = step(
    state.map(({ dtype, shape }) => body.input(dtype, shape)),
    sequences.map(({ dtype, shape }) => body.input(dtype, shape.slice(1))),
  );
  const describe = (values: readonly Value[]) => show(...values);
  if (describe(result.state) !== describe(state))
    throw new Error(
      `Expected ${describe(state)} for the next state of scan but received ${describe(result.state)}`,
    );
  for (const value of [...result.state, ...result.stacked]) body.output(value);
  const outputs = outer.node(
    'Scan',
    [...state, ...sequences],
    [...state, ...result.stacked.map(({ dtype, shape }) => ({ dtype, shape: [steps, ...shape] }))],
    { body, num_scan_inputs: sequences.length },
    outer,
  );
  if (outputs.length > 0)
    differentiable([...state, ...sequences, ...body.captures()], outputs, () => {
      throw new Error('Expected a gradient inside the step of scan but received one through the scan');
    });
  return { state: outputs.slice(0, state.length), stacked: outputs.slice(state.length) };
}
