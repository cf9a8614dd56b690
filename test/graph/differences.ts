// Gradients against central differences of a random projection of the output, run by onnxruntime.
import * as assert from 'uvu/assert';
import {
  concat,
  Graph,
  gradient,
  mul,
  reshape,
  type Shape,
  sizeOf,
  square,
  sum,
  type Value,
} from '../../src/graph/index.js';
import { Random } from '../../src/random/random.js';
import { floats, open } from './session.js';

const STEP = 1e-2; // float32: smaller steps drown in rounding, larger ones in curvature
const TOLERANCE = 5e-3;
const PROBES = 12; // elements of each input that are moved

/** A function of floats to be differentiated. */
export interface Case {
  shapes: Shape[];
  build: (...inputs: Value[]) => Value;
  /** Range of the inputs; default -1..1. */
  range?: [number, number];
}

const total = (x: Value) => sum(x, [...x.shape.keys()]);

/** `y` of random inputs, and its gradient to each input; the outputs are `y`, `d0`, `d1`... */
export function build({ shapes, build }: Case, weightsOf: (size: number) => Float32Array): Graph {
  const graph = new Graph();
  const inputs = shapes.map((shape, i) => graph.input('float32', shape, `x${i}`));
  const y = build(...inputs);
  const weights = graph.constant('float32', y.shape, weightsOf(sizeOf(y.shape)));
  const gradients = gradient(total(mul(y, weights)), inputs);
  graph.output(y, 'y');
  gradients.forEach((value, i) => {
    graph.output(value, `d${i}`);
  });
  return graph;
}

/** The case whose output is the gradient of this one's squared output, to all inputs in one vector. */
export const derivative = ({ shapes, range, build }: Case): Case => ({
  shapes,
  range,
  build: (...inputs) => {
    const y = build(...inputs);
    const ramp = Float32Array.from({ length: sizeOf(y.shape) }, (_, i) => 0.5 + ((0.3 * i) % 1));
    const gradients = gradient(total(mul(square(y), y.graph.constant('float32', y.shape, ramp))), inputs);
    return concat(
      gradients.map((value) => reshape(value, [sizeOf(value.shape)])),
      0,
    );
  },
});

export async function check(name: string, definition: Case): Promise<void> {
  const { shapes, range = [-1, 1] } = definition;
  const random = new Random(1, name);
  let weights = new Float32Array();
  const graph = build(definition, (size) => {
    weights = Float32Array.from({ length: size }, () => random.uniform(-1, 1));
    return weights;
  });
  const run = await open(graph);
  const data = shapes.map((shape) =>
    Float32Array.from({ length: sizeOf(shape) }, () => random.uniform(...range)),
  );
  const evaluate = () => run(Object.fromEntries(shapes.map((shape, i) => [`x${i}`, floats(data[i], shape)])));
  // The projection is summed here in double precision: the differences must not vanish in a float32 sum.
  const project = async () =>
    ((await evaluate()).y.data as Float32Array).reduce((sum, value, i) => sum + value * weights[i], 0);

  const gradients = await evaluate();
  assert.equal([...gradients.y.dims], [...graph.outputs[0].shape]);
  for (let i = 0; i < shapes.length; i++) {
    const exact = gradients[`d${i}`].data as Float32Array;
    const probes = Math.min(PROBES, exact.length);
    for (let probe = 0; probe < probes; probe++) {
      const at = Math.floor((probe * exact.length) / probes);
      const original = data[i][at];
      data[i][at] = original + STEP;
      const high = data[i][at];
      const above = await project();
      data[i][at] = original - STEP;
      const low = data[i][at];
      const below = await project();
      data[i][at] = original;
      const difference = (above - below) / (high - low);
      const error = Math.abs(difference - exact[at]) / Math.max(0.2, Math.abs(difference));
      assert.ok(
        error < TOLERANCE,
        `${name}: input ${i} element ${at}: gradient ${exact[at]}, difference ${difference}`,
      );
    }
  }
  await run.close();
}
