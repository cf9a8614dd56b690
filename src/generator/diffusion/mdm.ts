/**
 * Motion diffusion model (Tevet et al., "Human Motion Diffusion Model", ICLR 2023): a transformer encoder over one token
 * for the diffusion timestep, one for the class, and one for each frame, which predicts the clean motion x_0.
 */
import {
  add,
  attention,
  concat,
  type Graph,
  gatherRows,
  gelu,
  layerNorm,
  linear,
  type Parameter,
  reshape,
  silu,
  sizeOf,
  slice,
  type Value,
} from '../../graph/index.js';
import { Random } from '../../random/random.js';
import { expectArgument, expectInteger } from '../errors.js';

export interface MotionDiffusionConfig {
  /** Frames of a motion. */
  frames: number;
  /** Numbers that describe a frame. */
  features: number;
  /** Classes a motion is conditioned on; one more stands for "none". */
  classes: number;
  /** Width of a token; even, a multiple of `heads`. */
  dModel: number;
  layers: number;
  heads: number;
  /** Width of the feed-forward layers. */
  ff: number;
  /** Steps of the noise schedule. */
  diffusionSteps: number;
}

const FIELDS = [
  'frames',
  'features',
  'classes',
  'dModel',
  'layers',
  'heads',
  'ff',
  'diffusionSteps',
] as const;

/** A copy of the configuration with its fields in a fixed order. Throws ERR_ARGUMENT if one is out of range. */
export function checkConfig(config: MotionDiffusionConfig): MotionDiffusionConfig {
  for (const name of FIELDS) expectInteger(name, config[name], name === 'diffusionSteps' ? 2 : 1);
  const { dModel, heads } = config;
  expectArgument(
    dModel % 2 === 0 && dModel % heads === 0,
    'dModel',
    `an even multiple of ${heads} heads`,
    dModel,
  );
  return Object.fromEntries(FIELDS.map((name) => [name, config[name]])) as Record<
    (typeof FIELDS)[number],
    number
  >;
}

/** Tokens before the first frame: timestep and class. */
const CONTEXT_TOKENS = 2;

/** A parameter and how it starts. */
interface InitialisedParameter extends Parameter {
  /** Half-width of a uniform distribution, a constant, or the standard normal. */
  start: { bound: number } | { value: number } | 'normal';
}

/** Parameters of the model, in a fixed order; the start values are those that PyTorch gives the same layers. */
export function parametersOf(config: MotionDiffusionConfig): InitialisedParameter[] {
  const { features, classes, dModel, layers, ff } = config;
  const dense = (name: string, input: number, output: number): InitialisedParameter[] => {
    const start = { bound: 1 / Math.sqrt(input) };
    return [
      { name: `${name}.weight`, shape: [input, output], start },
      { name: `${name}.bias`, shape: [output], start },
    ];
  };
  const norm = (name: string): InitialisedParameter[] => [
    { name: `${name}.weight`, shape: [dModel], start: { value: 1 } },
    { name: `${name}.bias`, shape: [dModel], start: { value: 0 } },
  ];
  const layer = (name: string): InitialisedParameter[] => [
    {
      name: `${name}.qkv.weight`,
      shape: [dModel, 3 * dModel],
      start: { bound: Math.sqrt(6 / (4 * dModel)) },
    },
    { name: `${name}.qkv.bias`, shape: [3 * dModel], start: { value: 0 } },
    { name: `${name}.out.weight`, shape: [dModel, dModel], start: { bound: 1 / Math.sqrt(dModel) } },
    { name: `${name}.out.bias`, shape: [dModel], start: { value: 0 } },
    ...norm(`${name}.norm1`),
    ...dense(`${name}.ff1`, dModel, ff),
    ...dense(`${name}.ff2`, ff, dModel),
    ...norm(`${name}.norm2`),
  ];
  return [
    ...dense('input', features, dModel),
    ...dense('time1', dModel, dModel),
    ...dense('time2', dModel, dModel),
    { name: 'class.weight', shape: [classes + 1, dModel], start: 'normal' },
    ...Array.from({ length: layers }, (_, i) => layer(`layers.${i}`)).flat(),
    ...dense('output', dModel, features),
  ];
}

/** Start values of all parameters; a parameter's values depend on the seed, its name and its shape. */
export function initialise(config: MotionDiffusionConfig, seed: number): Map<string, Float32Array> {
  return new Map(
    parametersOf(config).map(({ name, shape, start }) => {
      const random = new Random(seed, 'parameter', name);
      const data = new Float32Array(sizeOf(shape));
      if (start === 'normal') random.normals(data);
      else if ('value' in start) data.fill(start.value);
      else for (let i = 0; i < data.length; i++) data[i] = random.uniform(-start.bound, start.bound);
      return [name, data];
    }),
  );
}

/** Sinusoidal code of positions 0 .. count-1 (Vaswani et al. 2017, section 3.5) as a constant [count, width]. */
function positions(graph: Graph, count: number, width: number): Value {
  const table = new Float32Array(count * width);
  for (let position = 0; position < count; position++)
    for (let i = 0; i < width; i += 2) {
      const angle = position * 10000 ** (-i / width);
      table[position * width + i] = Math.sin(angle);
      table[position * width + i + 1] = Math.cos(angle);
    }
  return graph.constant('float32', [count, width], table);
}

/**
 * The denoiser: prediction of x_0 from a noisy motion.
 * @param p the parameters by name
 * @param x noisy motions [batch, frames, features]
 * @param timesteps int64 [batch], 0 .. diffusionSteps-1
 * @param labels int64 [batch], 0 .. classes, where `classes` stands for "none"
 */
export function denoise(
  config: MotionDiffusionConfig,
  p: Record<string, Value>,
  x: Value,
  timesteps: Value,
  labels: Value,
): Value {
  const { graph } = x;
  const { frames, dModel, layers, heads, diffusionSteps } = config;
  const [batch] = x.shape;
  const tokens = CONTEXT_TOKENS + frames;
  const dense = (name: string, value: Value) => linear(value, p[`${name}.weight`], p[`${name}.bias`]);
  const norm = (name: string, value: Value) => layerNorm(value, p[`${name}.weight`], p[`${name}.bias`]);
  const token = (value: Value) => reshape(value, [batch, 1, dModel]);

  const code = gatherRows(positions(graph, diffusionSteps, dModel), timesteps);
  const time = dense('time2', silu(dense('time1', code)));
  const label = gatherRows(p['class.weight'], labels);
  let h = concat([token(time), token(label), dense('input', x)], 1);
  h = add(h, positions(graph, tokens, dModel));
  for (let i = 0; i < layers; i++) {
    const name = `layers.${i}`;
    const parameters = {
      qkvWeight: p[`${name}.qkv.weight`],
      qkvBias: p[`${name}.qkv.bias`],
      outWeight: p[`${name}.out.weight`],
      outBias: p[`${name}.out.bias`],
    };
    h = norm(`${name}.norm1`, add(h, attention(h, parameters, heads)));
    h = norm(`${name}.norm2`, add(h, dense(`${name}.ff2`, gelu(dense(`${name}.ff1`, h)))));
  }
  return dense('output', slice(h, 1, CONTEXT_TOKENS, tokens));
}
