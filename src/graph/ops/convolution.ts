/**
 * Convolutions, as neural networks call their cross-correlations, over one or two axes. A convolution, its transpose and
 * the gradient of its weights are each pulled back by the other two (Dumoulin & Visin, arXiv 1603.07285).
 */
import { type Shape, sameShape, type Value } from '../graph.js';
import { differentiable, emit, expectShapes } from './operation.js';
import { sum } from './reduce.js';
import { reshape, slice, transpose } from './shape.js';

/** Options of a convolution; a single number holds for each spatial axis. */
export interface ConvolutionOptions {
  /** [out]: one number added to each channel. */ bias?: Value;
  /** Distance between places of the kernel, 1 or more. */ stride?: number | readonly number[];
  /** Zeros on either side of each axis. */ padding?: number | readonly number[];
  /** Distance between elements of the kernel, 1 or more. */ dilation?: number | readonly number[];
  /** Blocks of channels that are convolved apart; divides the number of channels in and out. */ groups?: number;
}

export interface ConvolutionTransposeOptions extends ConvolutionOptions {
  /** Added to the size at the end of each axis, below its stride. */ outputPadding?:
    | number
    | readonly number[];
}

/** The options with a number for each spatial axis. */
interface Geometry {
  strides: readonly number[];
  padding: readonly number[];
  dilations: readonly number[];
  group: number;
}

function spread(op: string, name: string, option: number | readonly number[], rank: number, least: number) {
  const values = typeof option === 'number' ? Array<number>(rank).fill(option) : option;
  if (values.length !== rank || values.some((value) => !Number.isInteger(value) || value < least))
    throw new Error(
      `Expected ${rank} integers of at least ${least} for ${name} of ${op} but received ${option}`,
    );
  return values;
}

function geometry(op: string, rank: number, options: ConvolutionOptions): Geometry {
  const { stride = 1, padding = 0, dilation = 1, groups = 1 } = options;
  return {
    strides: spread(op, 'stride', stride, rank, 1),
    padding: spread(op, 'padding', padding, rank, 0),
    dilations: spread(op, 'dilation', dilation, rank, 1),
    group: spread(op, 'groups', groups, 1, 1)[0],
  };
}

const attributes = ({ strides, padding, dilations, group }: Geometry) => ({
  strides,
  pads: [...padding, ...padding],
  dilations,
  group,
});

/** Spatial axes of x: those after batch and channels. */
const spatial = (x: Value): Shape => x.shape.slice(2);

/** Elements that a kernel spans along an axis. */
const extent = (kernel: Shape, { dilations }: Geometry, axis: number) =>
  dilations[axis] * (kernel[axis] - 1) + 1;

/** Size of a convolution's output along each axis. */
const sizeAfter = (size: Shape, kernel: Shape, g: Geometry): Shape =>
  size.map(
    (n, axis) => Math.floor((n + 2 * g.padding[axis] - extent(kernel, g, axis)) / g.strides[axis]) + 1,
  );

/** The smallest size whose convolution has the size `size`. */
const sizeBefore = (size: Shape, kernel: Shape, g: Geometry): Shape =>
  size.map((n, axis) => (n - 1) * g.strides[axis] - 2 * g.padding[axis] + extent(kernel, g, axis));

/** Sum over all axes but that of the channels: what a bias pulls back. */
const channelSum = (d: Value): Value =>
  sum(
    d,
    [...d.shape.keys()].filter((axis) => axis !== 1),
  );

function convolve(x: Value, weight: Value, g: Geometry, bias?: Value): Value {
  const inputs = bias ? [x, weight, bias] : [x, weight];
  const kernel = spatial(weight);
  const shape = [x.shape[0], weight.shape[0], ...sizeAfter(spatial(x), kernel, g)];
  return differentiable(inputs, [emit('Conv', inputs, shape, attributes(g))], ([d]) => [
    transposed(d, weight, g, spatial(x)),
    weightGradient(x, d, g, kernel),
    ...(bias ? [channelSum(d)] : []),
  ]);
}

/** The transpose of a convolution whose input had the spatial shape `size`. */
function transposed(x: Value, weight: Value, g: Geometry, size: Shape, bias?: Value): Value {
  const inputs = bias ? [x, weight, bias] : [x, weight];
  const kernel = spatial(weight);
  const smallest = sizeBefore(spatial(x), kernel, g);
  const y = emit('ConvTranspose', inputs, [x.shape[0], weight.shape[1] * g.group, ...size], {
    ...attributes(g),
    output_padding: size.map((n, axis) => n - smallest[axis]),
  });
  return differentiable(inputs, [y], ([d]) => [
    convolve(d, weight, g),
    weightGradient(d, x, g, kernel),
    ...(bias ? [channelSum(d)] : []),
  ]);
}

/**
 * Gradient of the weights of a convolution of x [n, c, ...] whose output has the gradient d [n, m, ...]: a convolution
 * of x by d, in which the batch takes the part of the channels, and stride and dilation change places.
 */
function weightGradient(x: Value, d: Value, g: Geometry, kernel: Shape): Value {
  const { strides, padding, dilations, group } = g;
  const [batch, channels, ...size] = x.shape;
  const axes = size.map((_, axis) => axis + 2);
  const blocks = reshape(x, [batch, group, channels / group, ...size]);
  const image = transpose(blocks, [2, 1, 0, ...axes.map((axis) => axis + 1)]);
  const full = convolve(
    reshape(image, [channels / group, group * batch, ...size]),
    transpose(d, [1, 0, ...axes]),
    { strides: dilations, padding, dilations: strides, group },
  );
  // A stride may leave elements of x at the end unread: they would belong to a longer kernel.
  const cropped = kernel.reduce((part, n, axis) => slice(part, axis + 2, 0, n), full);
  return transpose(cropped, [1, 0, ...axes]);
}

function checked(
  op: string,
  rank: number,
  x: Value,
  weight: Value,
  options: ConvolutionOptions,
  transposes = false,
) {
  const g = geometry(op, rank, options);
  const sameRank = x.shape.length === rank + 2 && weight.shape.length === rank + 2;
  const [first, second] = weight.shape;
  const channels = transposes ? first : second * g.group;
  const out = transposes ? second * g.group : first;
  const what = transposes ? '[in, out / groups, ...]' : '[out, in / groups, ...]';
  const fits = sameRank && x.shape[1] === channels && first % g.group === 0;
  expectShapes(fits, op, `x [batch, in, ...] and weight ${what} in ${g.group} groups`, x, weight);
  const { bias } = options;
  if (bias) expectShapes(sameShape(bias.shape, [out]), op, `a bias [${out}]`, bias);
  return g;
}

function conv(op: string, rank: number, x: Value, weight: Value, options: ConvolutionOptions): Value {
  const g = checked(op, rank, x, weight, options);
  const fits = sizeAfter(spatial(x), spatial(weight), g).every((size) => size >= 1);
  expectShapes(fits, op, 'a kernel no larger than the padded input', x, weight);
  return convolve(x, weight, g, options.bias);
}

function convTranspose(
  op: string,
  rank: number,
  x: Value,
  weight: Value,
  options: ConvolutionTransposeOptions,
): Value {
  const g = checked(op, rank, x, weight, options, true);
  const extra = spread(op, 'outputPadding', options.outputPadding ?? 0, rank, 0);
  if (extra.some((count, axis) => count >= g.strides[axis]))
    throw new Error(`Expected less than the stride for outputPadding of ${op} but received ${extra}`);
  const size = sizeBefore(spatial(x), spatial(weight), g).map((n, axis) => n + extra[axis]);
  expectShapes(
    size.every((n) => n >= 1),
    op,
    'an output that its padding leaves something of',
    x,
    weight,
  );
  return transposed(x, weight, g, size, options.bias);
}

/**
 * Convolution over the last axis: x [batch, in, length], weight [out, in / groups, k] -> [batch, out, length'],
 * `length' = ⌊(length + 2 padding - dilation (k - 1) - 1) / stride⌋ + 1`.
 */
export const conv1d = (x: Value, weight: Value, options: ConvolutionOptions = {}): Value =>
  conv('conv1d', 1, x, weight, options);

/** Convolution over the last two axes: x [batch, in, h, w], weight [out, in / groups, kh, kw]; sizes as in `conv1d`. */
export const conv2d = (x: Value, weight: Value, options: ConvolutionOptions = {}): Value =>
  conv('conv2d', 2, x, weight, options);

/**
 * Transpose of a convolution over the last axis: x [batch, in, length], weight [in, out / groups, k] ->
 * [batch, out, length'], `length' = (length - 1) stride - 2 padding + dilation (k - 1) + 1 + outputPadding`.
 */
export const convTranspose1d = (x: Value, weight: Value, options: ConvolutionTransposeOptions = {}): Value =>
  convTranspose('convTranspose1d', 1, x, weight, options);

/** The same over the last two axes: x [batch, in, h, w], weight [in, out / groups, kh, kw]. */
export const convTranspose2d = (x: Value, weight: Value, options: ConvolutionTransposeOptions = {}): Value =>
  convTranspose('convTranspose2d', 2, x, weight, options);
