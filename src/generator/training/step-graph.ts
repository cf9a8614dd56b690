/** Training steps as one graph: forward, backward, clip, AdamW and EMA, repeated within one run. */
import {
  adamW,
  clipByGlobalNorm,
  exponentialMovingAverage,
  Graph,
  gradient,
  mul,
  type Parameter,
  ParameterLayout,
  RandomStream,
  scan,
  UNKNOWN,
  type Value,
} from '../../graph/index.js';
import type { Recipe } from '../runtime/protocol.js';
import type { InputSpecs, TrainableModel } from './model.js';

/** What is kept for each parameter bucket: the parameter, Adam's two moments, and the moving average. */
export const STATE_KINDS = ['model', 'adam_m', 'adam_v', 'ema'] as const;
export type StateKind = (typeof STATE_KINDS)[number];

/** Name of a state tensor: of the graph's input, of the resident tensor; the output has `next.` before it. */
export const stateName = (kind: StateKind, bucket: number): string => `${kind}.${bucket}`;

/** Counter positions of the random numbers that one step may use. */
const PER_STEP = 2n ** 32n;

/**
 * Builds the graph of training steps; how many is known when it runs.
 * Inputs, beside the state and the model's own (`[steps, ...]` each): `step` uint64 [steps], counted from the start of the
 * training; `adamStep` (from 1) and `learningRate` [steps]; `randomKey` uint64 []; `clip` and `emaDecay` [].
 * Outputs: the next state, and `losses` and `norms` (of the unclipped gradient) [steps].
 * @param weightDecay decoupled decay of the matrices; vectors (biases, scales of norms) never decay
 * @param target what will run it
 */
export function stepGraph(
  model: TrainableModel,
  layout: ParameterLayout,
  specs: InputSpecs,
  weightDecay: number,
  target: 'any' | 'cpu' = 'any',
): Uint8Array {
  const graph = new Graph(undefined, target);
  const state = STATE_KINDS.flatMap((kind) =>
    layout.buckets.map(({ shape }, i) => graph.input('float32', shape, stateName(kind, i))),
  );
  const names = Object.keys(specs);
  const sequences = [
    graph.input('uint64', [UNKNOWN], 'step'),
    graph.input('float32', [UNKNOWN], 'adamStep'),
    graph.input('float32', [UNKNOWN], 'learningRate'),
    ...names.map((name) => graph.input(specs[name].dtype, [UNKNOWN, ...specs[name].shape], name)),
  ];
  const randomKey = graph.input('uint64', [], 'randomKey');
  const [clip, emaDecay] = ['clip', 'emaDecay'].map((name) => graph.input('float32', [], name));
  const count = layout.buckets.length;
  const perStep = graph.constant('uint64', [], BigUint64Array.of(PER_STEP));

  const { state: next, stacked } = scan(
    state,
    sequences,
    (current, [step, adamStep, learningRate, ...batch]) => {
      const [parameters, m, v, ema] = STATE_KINDS.map((_, kind) =>
        current.slice(kind * count, (kind + 1) * count),
      );
      const inputs = Object.fromEntries(names.map((name, i) => [name, batch[i]]));
      const loss = model.loss(
        layout.unpack(parameters),
        inputs,
        new RandomStream(randomKey, mul(step, perStep)),
      );
      const { gradients, norm } = clipByGlobalNorm(gradient(loss, parameters), clip);
      const decayOf = ({ shape }: Parameter) => (shape.length > 1 ? weightDecay : 0);
      const updated = parameters.map((parameter, i) =>
        adamW(
          parameter,
          gradients[i],
          { m: m[i], v: v[i] },
          { learningRate, step: adamStep, weightDecay: layout.spread(graph, i, decayOf) },
        ),
      );
      return {
        state: [
          ...updated.map(({ parameter }) => parameter),
          ...updated.map((result) => result.m),
          ...updated.map((result) => result.v),
          ...updated.map(({ parameter }, i) => exponentialMovingAverage(ema[i], parameter, emaDecay)),
        ],
        stacked: [loss, norm],
      };
    },
  );
  next.forEach((value: Value, i) => {
    graph.output(value, `next.${state[i].name}`);
  });
  graph.output(stacked[0], 'losses');
  graph.output(stacked[1], 'norms');
  return graph.toModel();
}

/** The same of a model that is made by its recipe: for the thread that runs it. */
export async function stepGraphOf(
  recipe: Recipe,
  specs: InputSpecs,
  weightDecay: number,
  target: 'any' | 'cpu',
): Promise<Uint8Array> {
  const functions = (await import(recipe.module)) as Record<
    string,
    (...args: readonly unknown[]) => TrainableModel
  >;
  const model = functions[recipe.name](...recipe.args);
  return stepGraph(model, new ParameterLayout(model.parameters), specs, weightDecay, target);
}
