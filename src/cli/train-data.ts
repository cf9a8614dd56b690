import { asDataset, folderDataset, loadFolder, type MotionDataset } from '../data/index.js';
import { proceduralMotions } from '../data/procedural/index.js';
import {
  type ClipText,
  type ConditionConfig,
  type Conditions,
  fitVocabulary,
  type TrainingData,
  wordsOf,
} from '../generator/index.js';
import { encodeFeatures, FEATURE_SIZE } from '../motion/features.js';
import { mirrorCaption } from '../motion/mirror-caption.js';
import { frameCount } from '../motion/motion.js';
import { UsageError } from './errors.js';
import type { Progress } from './progress.js';

/** Frames per second that a model learns and makes. */
export const FPS = 20;
/** The built-in set: clips, and seconds of the shortest and the longest. */
const BUILT_IN = { count: 640, seconds: [3, 8] as [number, number] };
/** Shorter motions are left out: half a second shows nothing. */
const MINIMUM_FRAMES = 10;
/** Tokens of a caption at most; the longest of the data decides below that. */
const MOST_TOKENS = 64;

/** Motions of the training split with what is said of them. */
export interface TrainingSet extends TrainingData {
  lengths: Int32Array;
  /** Captions of each motion; none if it has none. */
  captions: readonly (readonly string[])[];
  /** Action of each motion. */
  actions: readonly string[];
  classes: readonly string[];
}

async function load(
  dir: string | undefined,
  progress: Progress,
  signal: AbortSignal,
): Promise<MotionDataset> {
  if (dir === undefined) {
    const motions = proceduralMotions(BUILT_IN);
    progress.log(`Data: the built-in set of ${motions.length} clips`, {
      event: 'data',
      clips: motions.length,
    });
    return asDataset(motions);
  }
  const folder = await loadFolder(dir, { fps: FPS, minimumFrames: MINIMUM_FRAMES, signal });
  const { motions, skipped, summary } = folder;
  progress.log(`Data: ${summary}`, { event: 'data', clips: motions.length, skipped });
  return folderDataset(folder);
}

/** The training split of a folder of the user's or of the built-in set, as features. */
export async function trainingSet(
  dir: string | undefined,
  progress: Progress,
  signal: AbortSignal,
): Promise<TrainingSet> {
  const dataset = await load(dir, progress, signal);
  const motions = dataset.train.map((index) => dataset.motions[index]);
  if (motions.length === 0)
    throw new UsageError(`Expected motions of the training split for --data but received none in ${dir}`);
  const lengths = Int32Array.from(motions, (motion) => frameCount(motion) - 1);
  const features = new Float32Array(lengths.reduce((sum, length) => sum + length, 0) * FEATURE_SIZE);
  let at = 0;
  for (const { joints } of motions) {
    const rows = encodeFeatures(joints);
    features.set(rows, at);
    at += rows.length;
  }
  return {
    features,
    lengths,
    captions: motions.map(({ captions, caption }) => captions ?? (caption ? [caption] : [])),
    actions: dataset.train.map((index) => dataset.classes[dataset.labels[index]]),
    classes: dataset.classes,
  };
}

/** How a new model is told of a motion. With `mirror`, words of mirrored captions are words too. */
export function newCondition(
  kind: 'text' | 'action' | 'none',
  { captions, classes }: TrainingSet,
  { mirror, clip }: { mirror: boolean; clip?: ClipText },
): ConditionConfig {
  if (kind === 'none') return { kind };
  if (kind === 'action') return { kind, classes };
  const texts = captions.flat();
  if (texts.length === 0)
    throw new UsageError(
      'Expected motions with captions for --condition text but received none; --condition action or none goes without',
    );
  if (clip) return { kind: 'embedding', size: clip.size };
  const all = mirror ? texts.flatMap((text) => [text, mirrorCaption(text)]) : texts;
  const longest = all.reduce((most, text) => Math.max(most, wordsOf(text).length), 0);
  // <start> is a token as well
  return { kind, vocabulary: fitVocabulary(all), maxTokens: Math.min(MOST_TOKENS, longest + 1) };
}

/** Vectors of the first caption of each motion, [motions, size]; zeros where there is none. */
async function embeddings(
  clip: ClipText,
  captions: readonly string[],
  progress: Progress,
  signal: AbortSignal,
): Promise<Float32Array> {
  const { size } = clip;
  const texts = [...new Set(captions)].filter((text) => text !== '');
  const vectors = new Map<string, Float32Array>();
  const TOGETHER = 256;
  for (let first = 0; first < texts.length; first += TOGETHER) {
    progress.update({ stage: 'captions', done: first, total: texts.length });
    const part = texts.slice(first, first + TOGETHER);
    const encoded = await clip.encode(part, { signal });
    part.forEach((text, i) => vectors.set(text, encoded.subarray(i * size, (i + 1) * size)));
  }
  progress.end('captions');
  const out = new Float32Array(captions.length * size);
  captions.forEach((text, i) => {
    const vector = vectors.get(text);
    if (vector) out.set(vector, i * size);
  });
  return out;
}

/** Conditions of the motions for a model that is told of them in the way of `config`. */
export async function conditionsFor(
  config: ConditionConfig,
  { captions, actions }: TrainingSet,
  options: { mirror: boolean; clip?: ClipText; progress: Progress; signal: AbortSignal },
): Promise<{ conditions?: Conditions; mirroredConditions?: Conditions }> {
  const { mirror, clip, progress, signal } = options;
  switch (config.kind) {
    case 'none':
      return {};
    case 'action': {
      const strange = actions.find((action) => !config.classes.includes(action));
      if (strange !== undefined)
        throw new UsageError(
          `Expected actions of the model (${config.classes.join(', ')}) in the data but received ${strange}`,
        );
      return { conditions: actions };
    }
    case 'text':
      return { conditions: captions.map((texts) => (texts.length > 0 ? texts : [''])) };
    case 'embedding': {
      if (!clip)
        throw new UsageError('Expected --clip DIR for a model that was trained with it but received none');
      const first = captions.map((texts) => texts[0] ?? '');
      const conditions = await embeddings(clip, first, progress, signal);
      if (!mirror) return { conditions };
      return {
        conditions,
        mirroredConditions: await embeddings(clip, first.map(mirrorCaption), progress, signal),
      };
    }
  }
}
