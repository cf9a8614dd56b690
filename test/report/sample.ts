import { judge } from '../../src/loop/judge.js';
import type { Judgement } from '../../src/loop/judgement.js';
import type { CostRow, GenerationRow, Row } from '../../src/loop/layout.js';
import { parsePreregistration } from '../../src/loop/preregistration.js';
import { JOINT_COUNT } from '../../src/motion/skeleton.js';
import { Random } from '../../src/random/random.js';
import type { PromptMotions, ReportData, ViewerMotion } from '../../src/report/index.js';

/** Made-up curves for tests of the page alone: shapes like those of real runs, numbers of no run. */
const SHAPES: Record<string, Record<string, [start: number, end: number]>> = {
  baseline: {
    fid: [8.6, 7.4],
    recall: [0.81, 0.7],
    jerk: [381, 260],
    physErr: [39, 33],
    precision: [0.78, 0.8],
    diversity: [8.1, 8],
    accuracy: [0.6, 0.63],
  },
  uncorrected: {
    fid: [8.6, 31],
    recall: [0.81, 0.24],
    jerk: [381, 60],
    physErr: [39, 27],
    precision: [0.78, 0.96],
    diversity: [8.1, 5.6],
    accuracy: [0.6, 0.86],
  },
  placebo: {
    fid: [8.6, 12.4],
    recall: [0.81, 0.55],
    jerk: [381, 300],
    physErr: [39, 44],
    precision: [0.78, 0.84],
    diversity: [8.1, 7.3],
    accuracy: [0.6, 0.7],
  },
  corrected: {
    fid: [8.6, 18],
    recall: [0.81, 0.5],
    jerk: [381, 116],
    physErr: [39, 17],
    precision: [0.78, 0.9],
    diversity: [8.1, 6.6],
    accuracy: [0.6, 0.77],
  },
  selected: {
    fid: [8.6, 9.9],
    recall: [0.81, 0.62],
    jerk: [381, 175],
    physErr: [39, 22],
    precision: [0.78, 0.86],
    diversity: [8.1, 7.6],
    accuracy: [0.6, 0.74],
  },
};
const FLOOR = {
  fid: 4.1,
  recall: 0.93,
  jerk: 145,
  physErr: 13.6,
  precision: 0.93,
  diversity: 7.8,
  accuracy: 0.76,
  penetrate: 0,
  float: 10,
  skate: 2.9,
};
const SPREAD = {
  fid: 0.5,
  recall: 0.05,
  jerk: 9,
  physErr: 1.2,
  precision: 0.04,
  diversity: 0.3,
  accuracy: 0.03,
  penetrate: 0,
  float: 1,
  skate: 0.3,
};

export const ARMS = Object.keys(SHAPES);

/** Rows of a made-up run: every arm, `seeds` seeds, `last` generations after generation 0. */
export function sampleRows(seeds: number, last: number): Row[] {
  const rows: Row[] = [];
  const between = (arm: string, key: string, part: number): number => {
    const [from, to] = SHAPES[arm][key];
    return from + (to - from) * part ** 0.7;
  };
  for (let seed = 0; seed < seeds; seed++) {
    const random = new Random(seed, 'sample-report');
    rows.push({ kind: 'floor', seed, count: 128, metrics: FLOOR, spread: SPREAD });
    rows.push({
      kind: 'noise',
      seed,
      repeats: 4,
      count: 128,
      metrics: { ...FLOOR, fid: 8.6 },
      spread: SPREAD,
    });
    const metricsOf = (arm: string, generation: number): Record<string, number> => {
      const metrics: Record<string, number> = {};
      for (const key of Object.keys(SHAPES[arm])) {
        const jitter = generation === 0 ? 0 : random.normal() * SPREAD[key as keyof typeof SPREAD];
        metrics[key] = between(arm, key, generation / last) * (1 + 0.06 * seed) + jitter;
      }
      metrics.penetrate = metrics.physErr * 0.25;
      metrics.float = metrics.physErr * 0.5;
      metrics.skate = metrics.physErr * 0.25;
      return metrics;
    };
    rows.push({
      kind: 'generation',
      seed,
      arm: null,
      generation: 0,
      loss: 0.148,
      metrics: metricsOf('baseline', 0),
    });
    for (const arm of ARMS) {
      for (let generation = 1; generation <= last; generation++) {
        const row: GenerationRow = {
          kind: 'generation',
          seed,
          arm,
          generation,
          loss: 0.148 - (arm === 'baseline' ? 0.001 : 0.003) * generation,
          metrics: metricsOf(arm, generation),
        };
        if (arm === 'corrected' || arm === 'selected') {
          row.correction = {
            status: { ok: 62, rejected: 2, diverged: 0 },
            residual: 0.45 - 0.01 * generation,
            distance: 45 - generation,
            fidBefore: row.metrics.fid + 1.2,
            fidAfter: row.metrics.fid + 0.8,
            physErrBefore: row.metrics.physErr + 12,
            physErrAfter: row.metrics.physErr - 3,
            speedRatio: 0.99,
            jerkRatio: 0.92,
          };
        }
        if (arm === 'selected')
          row.selection = {
            candidates: 256,
            cost: 21,
            costFirst: 44,
            poolDistance: 7.6 + 0.5 * generation,
            chosenDistance: 3.9 + 0.2 * generation,
          };
        rows.push(row);
      }
      for (const metric of ['fid', 'recall', 'jerk', 'physErr']) {
        const [from, to] = SHAPES[arm][metric];
        const slope = (to - from) / last;
        const half = (2.2 * SPREAD[metric as keyof typeof SPREAD]) / last;
        rows.push({
          kind: 'summary',
          seed,
          arm,
          metric,
          slope,
          interval: [slope - half, slope + half],
          generations: [0, last],
        });
        if (seed > 0 && seed === seeds - 1) {
          rows.push({
            kind: 'summary',
            seed: null,
            arm,
            metric,
            slope,
            interval: [slope - 2 * half, slope + 2 * half],
            generations: [0, last],
          });
        }
      }
    }
  }
  if (seeds > 1) {
    rows.push({
      kind: 'difference',
      arm: 'corrected',
      against: 'placebo',
      metric: 'fid',
      quantity: 'slope',
      difference: 0.4,
      interval: [-0.3, 1.1],
      seeds,
      lower: 1,
      p: { sign: 1, t: 0.2, permutation: 0.25 },
    });
  }
  return rows;
}

export function sampleCosts(seeds: number, last: number): CostRow[] {
  const costs: CostRow[] = [];
  for (let seed = 0; seed < seeds; seed++) {
    costs.push({ seed, arm: null, generation: 0, prepare: 1.4, train: 82, evaluate: 2.9 });
    for (const arm of ARMS) {
      for (let generation = 1; generation <= last; generation++) {
        const extra =
          arm === 'selected' ? { select: 1.3, correct: 3.2 } : arm === 'corrected' ? { correct: 3.2 } : {};
        costs.push({
          seed,
          arm,
          generation,
          ...(arm === 'baseline' ? {} : { sample: arm === 'selected' ? 5.8 : 1.5 }),
          ...extra,
          train: 8.1,
          evaluate: 2.9,
          checkpoint: 0.1,
        });
      }
    }
  }
  return costs;
}

/** A stiff figure that walks along +z on made-up joints: enough to see that drawing works without any data. */
export function stickFigure(frames: number, lift = 0): Float32Array {
  const rest: [number, number, number][] = [
    [0, 0.93, 0],
    [0.06, 0.85, 0],
    [-0.06, 0.85, 0],
    [0, 1.05, -0.02],
    [0.09, 0.46, 0.02],
    [-0.09, 0.46, 0.02],
    [0, 1.18, -0.02],
    [0.09, 0.06, -0.02],
    [-0.09, 0.06, -0.02],
    [0, 1.24, -0.01],
    [0.09, 0, 0.1],
    [-0.09, 0, 0.1],
    [0, 1.45, -0.03],
    [0.08, 1.36, -0.02],
    [-0.08, 1.36, -0.02],
    [0, 1.55, 0.02],
    [0.18, 1.38, -0.02],
    [-0.18, 1.38, -0.02],
    [0.24, 1.13, -0.03],
    [-0.24, 1.13, -0.03],
    [0.27, 0.88, 0.03],
    [-0.27, 0.88, 0.03],
  ];
  const joints = new Float32Array(frames * JOINT_COUNT * 3);
  for (let t = 0; t < frames; t++) {
    const phase = (t / 20) * 2 * Math.PI;
    rest.forEach(([x, y, z], j) => {
      const side = x > 0 ? 1 : x < 0 ? -1 : 0;
      const leg = [4, 5, 7, 8, 10, 11].includes(j);
      const swing = leg ? 0.25 * Math.sin(phase) * side * (0.9 - y) : 0;
      joints.set(
        [
          x,
          y + lift + (leg && y < 0.2 ? 0.08 * Math.max(0, Math.cos(phase) * side) : 0),
          z + swing + t * 0.04,
        ],
        (t * JOINT_COUNT + j) * 3,
      );
    });
  }
  return joints;
}

export function sampleMotions(): ViewerMotion[] {
  return ARMS.flatMap((arm) =>
    ['best', 'median', 'worst'].map((label, rank) => ({
      group: arm,
      label,
      caption: 'a person walks forward',
      fps: 20,
      joints: stickFigure(60, rank * 0.01),
      before: arm === 'corrected' || arm === 'selected' ? stickFigure(60, 0.06) : undefined,
      note: `phys-err ${10 + 12 * rank} mm`,
    })),
  );
}

/** A run of many made-up arms: the usual ones and variants of them. */
export function manyArms(count: number, last: number): ReportData {
  const data = sampleData(2, last);
  const variants = Array.from({ length: count - ARMS.length }, (_, i) => {
    const kind = ['cleaned', 'restored', 'corrected', 'uncorrected'][i % 4];
    return i < 2 ? kind : `${kind}@lambda=${(0.1 * i).toFixed(1)}`;
  });
  const rows = data.rows.flatMap((row) =>
    row.kind === 'generation' && row.arm === 'corrected'
      ? variants.map((arm, i) => ({
          ...row,
          arm,
          metrics: { ...row.metrics, fid: row.metrics.fid * (1 + 0.1 * (i + 1) * (row.generation / last)) },
        }))
      : [],
  );
  return { ...data, rows: [...data.rows, ...rows] };
}

/** What made-up rows of three seeds decide: a gate that is met, one that is missed, a goal that is open. */
export function judgement(rows: readonly Row[]): Judgement {
  const preregistration = parsePreregistration({
    question: 'Does it hold?',
    primary: 'fid',
    claims: [
      {
        name: 'Order of slopes',
        kind: 'gate',
        all: [
          {
            type: 'order',
            metric: 'fid',
            of: 'slope',
            arms: ['baseline', 'corrected', 'uncorrected'],
            inSeeds: [2, 3],
          },
        ],
      },
      {
        name: 'A tenth of the FID',
        kind: 'gate',
        all: [
          {
            type: 'ratio',
            metric: 'fid',
            arm: 'corrected',
            against: 'uncorrected',
            atMost: 0.1,
            seeds: 3,
            test: { name: 't', below: 0.01 },
          },
        ],
      },
      {
        name: 'Five seeds',
        kind: 'goal',
        all: [
          { type: 'ratio', metric: 'recall', arm: 'selected', against: 'baseline', atLeast: 0.5, seeds: 5 },
        ],
      },
    ],
  });
  const generations = Math.max(...rows.map((row) => (row.kind === 'generation' ? row.generation : 0)));
  return {
    format: 1,
    protocol: 'sample',
    question: preregistration.question,
    beforeResults: true,
    changes: [`generations: 50 -> ${generations}`],
    configuration: 'c'.repeat(64),
    generations,
    claims: judge(preregistration, rows, { generations }),
  };
}

/** Two prompts at generation 0, 1 and the last of every arm, and the real motions of these prompts. */
export function samplePrompts(last: number): PromptMotions {
  const prompts = ['a person walks forward', 'a person <b>jumps</b>'];
  const at = (arm: string | null, generation: number | null, lift: number): PromptMotions['motions'] =>
    prompts.map((_, prompt) => ({
      prompt,
      arm,
      generation,
      fps: 20,
      joints: stickFigure(60, lift + 0.1 * prompt),
      note: `physical error ${(100 * lift).toFixed(1)} mm`,
    }));
  return {
    seed: 0,
    prompts,
    motions: [
      ...at(null, null, 0),
      ...at(null, 0, 0.05),
      ...ARMS.flatMap((arm, i) =>
        [1, last].flatMap((generation) => at(arm, generation, 0.01 * i * generation)),
      ),
    ],
  };
}

export const sampleData = (seeds: number, last: number): ReportData => ({
  title: 'Self-consuming loop: sample',
  config: {
    format: 1,
    task: { name: 'motion', settings: { frames: 60, clips: 64, sampler: 'ddim', steps: 25 } },
    config: {
      seeds: Array.from({ length: seeds }, (_, i) => i),
      generations: last,
      lambda: 1,
      regime: 'augment',
      gamma: 1,
      arms: ARMS,
    },
  },
  rows: sampleRows(seeds, last),
  costs: sampleCosts(seeds, last),
  motions: sampleMotions(),
  prompts: samplePrompts(last),
});
