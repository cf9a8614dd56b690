import { DAMAGES, type DamageName, damage } from '../../../metrics/damage.js';
import type { LabelledMotions } from '../../../metrics/evaluator.js';
import { FRAME_SIZE } from '../../../motion/motion.js';
import type { Judge, TrainingSet } from './judge.js';

/** Every metric of real motions after one kind of damage; strength 0 is none. */
export interface DamageRow {
  damage: DamageName;
  strength: number;
  metrics: Record<string, number>;
}

export interface DamageTableOptions {
  judge: Judge;
  /** The windows that the judge was fitted on, and the held-out ones. */
  train: LabelledMotions;
  test: LabelledMotions;
  frames: number;
  fps: number;
  /** Motions of a set. */
  count: number;
  /** The real motions that a model is said to be trained on. */
  training: LabelledMotions;
  /** Default: all. */
  damages?: readonly DamageName[];
  onRow?(row: DamageRow): void;
}

/**
 * What the metrics say of real motion that is damaged in known ways: the proof that they see what they claim to see. Undamaged, the
 * figures are those of one redraw of the floor.
 */
export async function damageTable(options: DamageTableOptions): Promise<DamageRow[]> {
  const { judge, train, test, frames, fps, count, training, onRow } = options;
  const { damages = Object.keys(DAMAGES) as DamageName[] } = options;
  const trainingSet: TrainingSet = judge.trainingSet(training.joints);
  const [{ seen, held }] = judge.evaluator.redraws(count, 0);
  const sets = [take(train, seen, frames), take(test, held, frames)] as const;
  const measure = async (spoil: (motions: LabelledMotions) => LabelledMotions) => {
    const [a, b] = [await judge.view(spoil(sets[0])), await judge.view(spoil(sets[1]))];
    return judge.metrics(a, b, trainingSet);
  };
  const none = await measure((motions) => motions);
  const rows: DamageRow[] = [];
  const add = (row: DamageRow): void => {
    rows.push(row);
    onRow?.(row);
  };
  for (const name of damages) {
    add({ damage: name, strength: 0, metrics: none });
    for (const strength of DAMAGES[name].strengths)
      add({
        damage: name,
        strength,
        metrics: await measure((motions) => damage(name, motions, strength, { frames, fps, training })),
      });
  }
  return rows;
}

function take({ joints, labels }: LabelledMotions, positions: Int32Array, frames: number): LabelledMotions {
  const size = frames * FRAME_SIZE;
  const out = new Float32Array(positions.length * size);
  positions.forEach((from, to) => {
    out.set(joints.subarray(from * size, (from + 1) * size), to * size);
  });
  return { joints: out, labels: Int32Array.from(positions, (i) => labels[i]) };
}
