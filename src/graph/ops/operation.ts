/** What every operation is made of: a check of shapes, ONNX nodes, and a vector-Jacobian product on the tape. */
import { type Attributes, type Shape, show, type Value } from '../graph.js';

/** Gradients of the outputs to those of the inputs; null where none flows. */
export type Pullback = (gradients: Value[]) => (Value | null)[];

/** Appends a node with one output of the first input's type. Alone it is a constant to `gradient`. */
export function emit(op: string, inputs: Value[], shape: Shape, attributes: Attributes = {}): Value {
  return inputs[0].graph.node(op, inputs, [{ dtype: inputs[0].dtype, shape }], attributes)[0];
}

/** Records how gradients of `outputs` become gradients of `inputs`, and returns the first output. */
export function differentiable(inputs: Value[], outputs: Value[], pullback: Pullback): Value {
  const [first] = outputs;
  if (outputs.some(({ dtype }) => dtype === 'float32'))
    first.graph.tape.push({ id: first.id, inputs, outputs, pullback });
  return first;
}

/** Throws unless `ok`; `values` are shown in the message. */
export function expectShapes(ok: boolean, op: string, what: string, ...values: Value[]): asserts ok {
  if (!ok) throw new Error(`Expected ${what} for ${op} but received ${show(...values)}`);
}

/** Index of an axis that may be counted from the end. Throws if there is none. */
export function axisOf(op: string, x: Value, axis: number): number {
  const positive = axis < 0 ? axis + x.shape.length : axis;
  expectShapes(positive >= 0 && positive < x.shape.length, op, `an axis within the rank, not ${axis},`, x);
  return positive;
}

/** Shape of shapes broadcast together as NumPy does; undefined if they do not fit. */
export function broadcast(...shapes: Shape[]): Shape | undefined {
  const rank = Math.max(...shapes.map(({ length }) => length));
  const result: number[] = Array(rank).fill(1);
  for (const shape of shapes)
    for (const [axis, size] of shape.entries()) {
      const at = axis + rank - shape.length;
      if (size !== 1 && result[at] !== 1 && size !== result[at]) return undefined;
      if (size !== 1) result[at] = size;
    }
  return result;
}
