import { createHash } from 'node:crypto';
import { type StateDict, Trainer } from '../../../generator/index.js';
import { OrtClient } from '../../../generator/runtime/ort-client.js';
import type { HostTensor } from '../../../generator/runtime/protocol.js';
import { cosineDecay, Graph, type Value } from '../../../graph/index.js';
import { readSafetensors, writeSafetensors } from '../../../io/safetensors.js';
import { LoopError } from '../../../loop/errors.js';
import type { LabelledMotions } from '../../../metrics/evaluator.js';
import { METRICS_VERSION, unitRows } from '../../../metrics/index.js';
import { newTable, type Table } from '../../../metrics/table.js';
import { FRAME_SIZE } from '../../../motion/motion.js';
import { Random } from '../../../random/random.js';
import { CHANNELS, type ChannelScale, channelsOf, fitChannels } from './channels.js';
import { EMBEDDING, type EncoderConfig, encode, encoderModel, encoderParameters } from './encoder.js';

/** How it is trained: AdamW, the rate falling to 0 along a cosine; the moving average of the weights is what is kept. */
const BATCH = 64;
const TRAINING = { warmup: 20, weightDecay: 0.01, clip: 1, emaDecay: 0.98, seed: 0 };
const LEARNING_RATE = 2e-3;
/** Motions embedded in one run of the graph. */
const CHUNK = 64;
const FORMAT = 'selfcorrect evaluator 1';

/** Motions in the evaluator's two spaces. */
export interface Embedded {
  /** [N, 32], in units of the training motions' spread: the space of distributions. */
  embedding: Table;
  /** [N, 32], rows of length 1: the space that conditions share. */
  shared: Table;
}

export interface TrainEvaluatorOptions {
  frames: number;
  classes: number;
  /** Training steps. */
  steps: number;
  signal?: AbortSignal;
}

/**
 * Encoders of motions and of conditions, trained on real motions alone. What they say of a motion is a pure function of its joints and of
 * the weights, and {@link hash} names the weights: two runs with equal hashes were judged by the same evaluator.
 */
export class LearnedEvaluator {
  /** SHA-256 over the version of the metrics, the configuration, the weights and the scales. */
  readonly hash: string;
  /** The conditions' places in the shared space [classes, 32], rows of length 1. */
  readonly conditions: Table;
  private client: Promise<OrtClient> | undefined;

  private constructor(
    readonly config: EncoderConfig,
    private readonly weights: StateDict,
    private readonly scale: ChannelScale,
    /** What embeddings are divided by. */
    private readonly spread: number,
  ) {
    const { shape, data } = weights.get('conditions')!;
    this.conditions = unitRows({
      rows: shape[0],
      columns: shape[1],
      data: Float64Array.from(data as Float32Array),
    });
    this.hash = createHash('sha256').update(this.bytes()).digest('hex');
  }

  /** Trains on real motions; the same motions give the same bytes on one kind of machine. */
  static async train(
    train: LabelledMotions,
    { frames, classes, steps, signal }: TrainEvaluatorOptions,
  ): Promise<LearnedEvaluator> {
    const config = { frames, classes };
    const scale = fitChannels(train.joints, frames);
    const channels = channelsOf(train.joints, frames, scale);
    const trainer = await Trainer.create(encoderModel(config), {
      threads: 1,
      provider: 'cpu',
      seed: TRAINING.seed,
      signal,
    });
    let state: StateDict;
    try {
      const lr = cosineDecay({ from: LEARNING_RATE, steps });
      await trainer.train(batches(channels, train.labels, frames), { ...TRAINING, steps, lr, signal });
      state = await trainer.read();
    } finally {
      await trainer.close();
    }
    const weights: StateDict = new Map(
      encoderParameters(config).map((name) => [name, state.get(`ema.${name}`)!]),
    );
    // In which unit distances are is known from the training motions in the finished space.
    const raw = new LearnedEvaluator(config, weights, scale, 1);
    try {
      const { embedding } = await raw.embed(train.joints);
      return new LearnedEvaluator(config, weights, scale, spreadOf(embedding));
    } finally {
      await raw.close();
    }
  }

  /** The bytes of a file that {@link read} reads; equal evaluators give equal bytes. */
  bytes(): Uint8Array {
    const { scale, spread, config, weights } = this;
    return writeSafetensors(
      [
        ...[...weights].map(([name, tensor]) => [`weights.${name}`, tensor] as const),
        ['mean', { shape: [CHANNELS], data: scale.mean }],
        ['deviation', { shape: [CHANNELS], data: scale.deviation }],
        ['spread', { shape: [], data: Float64Array.of(spread) }],
      ],
      { format: FORMAT, metrics: String(METRICS_VERSION), config: JSON.stringify(config) },
    );
  }

  /** @throws LoopError ERR_CHECKPOINT for bytes that are no evaluator of this configuration and version */
  static read(bytes: Uint8Array, config: EncoderConfig): LearnedEvaluator {
    const refuse = (what: string, value: unknown, cause?: unknown): never => {
      throw new LoopError('ERR_CHECKPOINT', `Expected ${what} for the evaluator but received ${value}`, {
        cause,
      });
    };
    let file: ReturnType<typeof readSafetensors>;
    try {
      file = readSafetensors(bytes);
    } catch (error) {
      return refuse('an undamaged file', (error as Error).message, error);
    }
    const { format, metrics, config: found } = file.metadata;
    const wanted = JSON.stringify(config);
    if (format !== FORMAT) refuse(`the format ${FORMAT}`, format);
    if (metrics !== String(METRICS_VERSION)) refuse(`version ${METRICS_VERSION} of the metrics`, metrics);
    if (found !== wanted) refuse(`the configuration ${wanted}`, found);
    const tensor = (name: string) => file.tensors.get(name) ?? refuse(`a tensor ${name}`, 'none');
    const weights: StateDict = new Map();
    for (const name of encoderParameters(config)) weights.set(name, tensor(`weights.${name}`));
    const evaluator = new LearnedEvaluator(
      config,
      weights,
      {
        mean: tensor('mean').data as Float32Array,
        deviation: tensor('deviation').data as Float32Array,
      },
      Number(tensor('spread').data[0]),
    );
    if (!Buffer.from(evaluator.bytes()).equals(bytes)) refuse('the bytes that were written', 'others');
    return evaluator;
  }

  /** Motions [N, frames, 22, 3] m in both spaces. */
  async embed(joints: Float32Array): Promise<Embedded> {
    const { frames } = this.config;
    const size = frames * CHANNELS;
    const count = joints.length / (frames * FRAME_SIZE);
    if (!Number.isInteger(count))
      throw new RangeError(
        `Expected motions of ${frames} frames of 22 x 3 numbers for joints but received ${joints.length} numbers`,
      );
    const channels = channelsOf(joints, frames, this.scale);
    const embedding = newTable(count, EMBEDDING);
    const shared = newTable(count, this.conditions.columns);
    for (let from = 0; from < count; from += CHUNK) {
      const chunk = new Float32Array(CHUNK * size);
      chunk.set(channels.subarray(from * size, Math.min(count, from + CHUNK) * size));
      const rows = Math.min(CHUNK, count - from);
      const out = await this.run({ dtype: 'float32', shape: [CHUNK, frames, CHANNELS], data: chunk });
      for (const [table, tensor] of [
        [embedding, out.embedding],
        [shared, out.shared],
      ] as const)
        table.data.set((tensor.data as Float32Array).subarray(0, rows * table.columns), from * table.columns);
    }
    embedding.data.forEach((value, i) => {
      embedding.data[i] = value / this.spread;
    });
    return { embedding, shared };
  }

  /** Runs the encoder on channels [64, frames, CHANNELS]. */
  private async run(motions: HostTensor): Promise<Record<'embedding' | 'shared', HostTensor>> {
    this.client ??= OrtClient.start({ threads: 1, provider: 'cpu' });
    const client = await this.client;
    const session = 'encode';
    await client.open(session, () => {
      const graph = new Graph();
      const input = graph.input('float32', motions.shape, 'motions');
      const p: Record<string, Value> = {};
      for (const [parameter, { shape, data }] of this.weights)
        p[parameter] = graph.constant('float32', shape, data as Float32Array);
      const { embedding, shared } = encode(p, input);
      graph.output(embedding, 'embedding');
      graph.output(shared, 'shared');
      return graph.toModel();
    });
    const fetch = ['embedding', 'shared'];
    const { embedding, shared } = await client.run({ session, feeds: { motions }, keep: {}, fetch });
    return { embedding, shared };
  }

  /** Ends its thread; the next use starts another. */
  async close(): Promise<void> {
    const { client } = this;
    this.client = undefined;
    await (await client?.catch(() => undefined))?.close();
  }
}

/** Batches of motions drawn anew for each step, every motion as likely as any other. */
function batches(channels: Float32Array, labels: Int32Array, frames: number) {
  const size = frames * CHANNELS;
  return (first: number, limit: number) => {
    const motions = new Float32Array(limit * BATCH * size);
    const drawn = new BigInt64Array(limit * BATCH);
    for (let step = 0; step < limit; step++) {
      const random = new Random('evaluator batch', first + step);
      for (let i = step * BATCH; i < (step + 1) * BATCH; i++) {
        const from = random.integer(labels.length);
        motions.set(channels.subarray(from * size, (from + 1) * size), i * size);
        drawn[i] = BigInt(labels[from]);
      }
    }
    return {
      steps: limit,
      inputs: {
        motions: { dtype: 'float32' as const, shape: [limit, BATCH, frames, CHANNELS], data: motions },
        labels: { dtype: 'int64' as const, shape: [limit, BATCH], data: drawn },
      },
    };
  };
}

/** Root mean square deviation of a column from its mean, over all columns: distances are then in units of the real spread. */
function spreadOf({ rows, columns, data }: Table): number {
  let sum = 0;
  for (let j = 0; j < columns; j++) {
    let mean = 0;
    for (let i = 0; i < rows; i++) mean += data[i * columns + j] / rows;
    for (let i = 0; i < rows; i++) sum += (data[i * columns + j] - mean) ** 2 / (rows * columns);
  }
  return Math.sqrt(sum) || 1;
}
