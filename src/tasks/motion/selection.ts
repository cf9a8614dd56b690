import { assign } from '../../loop/assignment.js';
import type { Selector } from '../../loop/task.js';
import { featureMoments, frechetDistance } from '../../metrics/frechet.js';
import { PrincipalComponents, Standardiser } from '../../metrics/principal-components.js';
import { newTable, type Table, takeRows } from '../../metrics/table.js';
import { facing } from '../../motion/heading.js';
import { mirror } from '../../motion/mirror.js';
import { FRAME_SIZE } from '../../motion/motion.js';
import { Random } from '../../random/random.js';
import { jointsOf, type MotionSamples, motionAt } from './samples.js';
import { FPS } from './windows.js';

/**
 * Filters over TAPS frames that are DILATION apart (0.45 s in all), every STRIDE frames; their mean and deviation over time are the raw
 * features.
 */
const FILTERS = 192;
const TAPS = 5;
const DILATION = 2;
const STRIDE = 4;
const COMPONENTS = 24;
/** Channels of a frame: position and velocity of each joint in the facing frame. */
const CHANNELS = 2 * FRAME_SIZE;
const SPAN = TAPS * CHANNELS;
const POSITION_SCALE = 3;
const VELOCITY_SCALE = 0.8;
const CLIP = 10;

/**
 * The space in which candidates are matched to real motions: random, never trained convolutions (as in random-feature
 * metrics, e.g. ROCKET, Dempster et al. 2020) over pose and velocity in the facing frame, a ReLU, mean and deviation over time, then 24
 * principal components fitted on the real motions and their mirror images only. No feature, weight or component of it is in a metric.
 */
export class SelectionSpace {
  private readonly weights: Float64Array;
  private readonly bias: Float64Array;
  private readonly channels: Standardiser;
  private readonly features: Standardiser;
  private readonly components: PrincipalComponents;
  /** The real motions in this space [n, 24]. */
  readonly real: Table;

  constructor(
    joints: Float32Array,
    private readonly frames: number,
  ) {
    const scale = 2 / Math.sqrt(SPAN);
    const normals = (key: string, count: number): Float64Array =>
      Float64Array.from(new Random(key).normals(new Float32Array(count)));
    this.weights = normals('selection filters', FILTERS * SPAN).map((weight) => scale * weight);
    this.bias = normals('selection bias', FILTERS).map((value) => value / 2);
    const count = joints.length / (frames * FRAME_SIZE);
    const motions = Array.from({ length: count }, (_, i) => motionAt(joints, frames, i));
    const both = [...motions, ...motions.map((motion) => mirror(motion))];
    const inputs = both.map((motion) => channelsOf(motion, frames));
    this.channels = Standardiser.fit(stack(inputs, CHANNELS));
    const raw = newTable(both.length, 2 * FILTERS);
    inputs.forEach((input, i) => {
      this.convolve(input, raw.data.subarray(i * raw.columns, (i + 1) * raw.columns));
    });
    this.features = Standardiser.fit(raw);
    const standardised = this.features.apply(raw);
    this.components = PrincipalComponents.fit(standardised, COMPONENTS);
    this.real = takeRows(this.components.apply(standardised), [...motions.keys()]);
  }

  /** One motion [frames, 22, 3] in this space, a row of 24. */
  describe(motion: Float32Array): Table {
    const raw = newTable(1, 2 * FILTERS);
    this.convolve(channelsOf(motion, this.frames), raw.data);
    return this.components.apply(this.features.apply(raw));
  }

  /**
   * The product of the filters [192, 660] and all windows of the motion [660, positions], in tiles of 4 filters and 2 windows: each number
   * that is read serves several products, and the sums don't wait for one another.
   */
  private convolve(input: Float64Array, out: Float64Array): void {
    const { data } = this.channels.apply({ rows: this.frames, columns: CHANNELS, data: input });
    const { weights: w, bias } = this;
    const positions = Math.floor((this.frames - (TAPS - 1) * DILATION - 1) / STRIDE) + 1;
    const x = new Float64Array(positions * SPAN);
    for (let position = 0; position < positions; position++)
      for (let tap = 0; tap < TAPS; tap++) {
        const from = (position * STRIDE + tap * DILATION) * CHANNELS;
        x.set(data.subarray(from, from + CHANNELS), position * SPAN + tap * CHANNELS);
      }
    const sums = new Float64Array(FILTERS);
    const squares = new Float64Array(FILTERS);
    const add = (filter: number, value: number): void => {
      const response = Math.max(0, bias[filter] + value);
      sums[filter] += response;
      squares[filter] += response * response;
    };
    for (let f = 0; f < FILTERS; f += 4) {
      const [w0, w1, w2, w3] = [f * SPAN, (f + 1) * SPAN, (f + 2) * SPAN, (f + 3) * SPAN];
      for (let position = 0; position < positions; position += 2) {
        const a = position * SPAN;
        // Of an odd number of windows the last is its own neighbour, and counts once.
        const paired = position + 1 < positions;
        const b = paired ? a + SPAN : a;
        let [a0, a1, a2, a3, b0, b1, b2, b3] = [0, 0, 0, 0, 0, 0, 0, 0];
        for (let k = 0; k < SPAN; k++) {
          const xa = x[a + k];
          const xb = x[b + k];
          let weight = w[w0 + k];
          a0 += weight * xa;
          b0 += weight * xb;
          weight = w[w1 + k];
          a1 += weight * xa;
          b1 += weight * xb;
          weight = w[w2 + k];
          a2 += weight * xa;
          b2 += weight * xb;
          weight = w[w3 + k];
          a3 += weight * xa;
          b3 += weight * xb;
        }
        add(f, a0);
        add(f + 1, a1);
        add(f + 2, a2);
        add(f + 3, a3);
        if (!paired) continue;
        add(f, b0);
        add(f + 1, b1);
        add(f + 2, b2);
        add(f + 3, b3);
      }
    }
    for (let filter = 0; filter < FILTERS; filter++) {
      const mean = sums[filter] / positions;
      out[filter] = mean;
      out[FILTERS + filter] = Math.sqrt(Math.max(0, squares[filter] / positions - mean * mean));
    }
  }
}

/** Position and velocity of every joint in the facing frame, [frames, 132], scaled to about 1 and clipped. */
function channelsOf(joints: Float32Array, frames: number): Float64Array {
  const out = new Float64Array(frames * CHANNELS);
  const bounded = (value: number): number =>
    Number.isFinite(value) ? Math.min(CLIP, Math.max(-CLIP, value)) : 0;
  for (let t = 0; t < frames; t++) {
    const at = t * FRAME_SIZE;
    const angle = facing(joints, at);
    const sine = Number.isFinite(angle) ? Math.sin(angle) : 0;
    const cosine = Number.isFinite(angle) ? Math.cos(angle) : 1;
    const put = (to: number, x: number, y: number, z: number, scale: number): void => {
      out[to] = bounded(scale * (cosine * x - sine * z));
      out[to + 1] = bounded(scale * y);
      out[to + 2] = bounded(scale * (sine * x + cosine * z));
    };
    for (let k = 0; k < FRAME_SIZE; k += 3) {
      const i = at + k;
      const to = t * CHANNELS + k;
      put(to, joints[i] - joints[at], joints[i + 1], joints[i + 2] - joints[at + 2], POSITION_SCALE);
      if (t > 0) {
        const before = i - FRAME_SIZE;
        put(
          to + FRAME_SIZE,
          FPS * (joints[i] - joints[before]),
          FPS * (joints[i + 1] - joints[before + 1]),
          FPS * (joints[i + 2] - joints[before + 2]),
          VELOCITY_SCALE,
        );
      }
    }
  }
  return out;
}

function stack(parts: readonly Float64Array[], columns: number): Table {
  const data = new Float64Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    data.set(part, at);
    at += part.length;
  }
  return { rows: data.length / columns, columns, data };
}

/**
 * Chooses candidates by optimal transport: each wanted item is a real motion and gets one candidate of its own label, so that the summed
 * squared distance in {@link SelectionSpace} is least. It is curation that looks at the real motions: its gain is not the correction's.
 */
export function transportSelector(space: SelectionSpace, realLabels: Int32Array): Selector<MotionSamples> {
  return {
    async select(candidates, items, { signal, onProgress }) {
      const { frames, labels } = candidates;
      const joints = jointsOf(candidates);
      const pool = newTable(labels.length, space.real.columns);
      for (let i = 0; i < labels.length; i++) {
        if (i % 16 === 0) {
          // The features of a pool take seconds: let other arms' work in between.
          await new Promise((resolve) => setImmediate(resolve));
          signal?.throwIfAborted();
          onProgress?.(i, labels.length);
        }
        pool.data.set(space.describe(motionAt(joints, frames, i)).data, i * pool.columns);
      }
      const wanted = takeRows(space.real, items);
      const squared = (row: number, column: number): number => {
        let sum = 0;
        for (let k = 0; k < pool.columns; k++)
          sum += (wanted.data[row * pool.columns + k] - pool.data[column * pool.columns + k]) ** 2;
        return sum;
      };
      const chosen = new Int32Array(items.length);
      for (const label of new Set(realLabels)) {
        const rows = [...items.keys()].filter((row) => realLabels[items[row]] === label);
        const columns = [...labels.keys()].filter((column) => labels[column] === label);
        if (rows.length === 0) continue;
        const cost = Float64Array.from({ length: rows.length * columns.length }, (_, i) =>
          squared(rows[Math.floor(i / columns.length)], columns[i % columns.length]),
        );
        assign(cost, rows.length, columns.length).forEach((column, row) => {
          chosen[rows[row]] = columns[column];
        });
      }
      const mean = (column: (row: number) => number): number =>
        items.reduce((sum, _, row) => sum + squared(row, column(row)), 0) / items.length;
      const real = featureMoments(wanted);
      const toReal = (positions: ArrayLike<number>): number =>
        items.length > 1 ? frechetDistance(featureMoments(takeRows(pool, positions)), real) : 0;
      return {
        chosen,
        report: {
          candidates: labels.length,
          cost: mean((row) => chosen[row]),
          costFirst: mean((row) => row),
          poolDistance: toReal(Int32Array.from(items.keys())),
          chosenDistance: toReal(chosen),
        },
      };
    },
  };
}
