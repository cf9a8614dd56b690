import { readFile } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { configurationHash, judgeRun } from '../loop/judgement.js';
import {
  CONFIG_FILE,
  COSTS_FILE,
  type CostRow,
  generationDirectory,
  METRICS_FILE,
  PROVENANCE_FILE,
  type Row,
} from '../loop/layout.js';
import { readMachine } from '../loop/machine.js';
import type { GenerationProvenance } from '../loop/provenance.js';
import { readRegistration } from '../loop/registration.js';
import type { ArmProvenance, ReportData } from './types.js';

async function readText(path: string, optional: boolean): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (cause) {
    if (optional && (cause as NodeJS.ErrnoException).code === 'ENOENT') return '';
    throw new Error(`Expected a run's ${basename(path)} for dir but received ${path}, which cannot be read`, {
      cause,
    });
  }
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const isNumbers = (value: unknown): boolean =>
  isObject(value) && Object.values(value).every((entry) => typeof entry === 'number' || entry === null);

/** What a line of each kind must hold for the page to be built; an unknown kind is left to newer readers. */
const SHAPES: Record<string, (row: Record<string, unknown>) => boolean> = {
  floor: (row) => isNumbers(row.metrics) && (row.spread === undefined || isNumbers(row.spread)),
  noise: (row) => isNumbers(row.metrics) && isNumbers(row.spread),
  generation: (row) =>
    Number.isInteger(row.generation) &&
    (row.arm === null || typeof row.arm === 'string') &&
    typeof row.seed === 'number' &&
    (row.metrics === undefined || isNumbers(row.metrics)),
  summary: (row) =>
    typeof row.arm === 'string' && typeof row.metric === 'string' && Array.isArray(row.interval),
  difference: (row) =>
    typeof row.arm === 'string' && typeof row.against === 'string' && Array.isArray(row.interval),
  contraction: (row) => typeof row.arm === 'string' && Array.isArray(row.interval),
  alarm: (row) => typeof row.arm === 'string' && typeof row.metric === 'string',
  theory: (row) => typeof row.arm === 'string' && typeof row.metric === 'string' && Array.isArray(row.values),
};

/**
 * The objects of a JSON-lines text. A last line without its newline that does not parse is what a killed writer leaves:
 * it is dropped and said so; anything else that is no object is an error with its line number.
 */
function parseLines(text: string, file: string, remarks: string[]): Record<string, unknown>[] {
  const lines = text.split('\n');
  const rows: Record<string, unknown>[] = [];
  for (let i = 0; i < lines.length; i++) {
    const line = lines[i].trim();
    if (line === '') continue;
    let value: unknown;
    try {
      value = JSON.parse(line);
    } catch {
      if (i === lines.length - 1) {
        remarks.push(
          `The last line of ${file} is incomplete: the run was being written, or was stopped while writing.`,
        );
        continue;
      }
    }
    if (!isObject(value)) {
      throw new Error(
        `Expected a JSON object for line ${i + 1} of ${file} but received ${line.slice(0, 60)}`,
      );
    }
    rows.push(value);
  }
  return rows;
}

/** How many generations a run still lacks, in words, if its configuration says how many there should be. */
function unfinished(config: unknown, rows: readonly Record<string, unknown>[]): string | undefined {
  if (!isObject(config) || !Array.isArray(config.seeds) || !Array.isArray(config.arms)) return undefined;
  const planned = config.seeds.length * (1 + config.arms.length * Number(config.generations));
  const units = rows
    .filter((row) => row.kind === 'generation')
    .map((row) => `${row.seed}/${row.arm}/${row.generation}`);
  const done = new Set(units).size;
  if (!(done < planned)) return undefined;
  return `This run is unfinished: ${done} of ${planned} generations are here. Slopes are computed when all are.`;
}

/** Provenance of each arm's last generation in the first seed that has it; what is missing or not readable is left out. */
async function readProvenance(
  dir: string,
  rows: readonly Record<string, unknown>[],
): Promise<ArmProvenance[]> {
  const last = new Map<string, { seed: number; generation: number }>();
  for (const row of rows) {
    if (row.kind !== 'generation' || typeof row.arm !== 'string') continue;
    const { arm, seed, generation } = row as { arm: string; seed: number; generation: number };
    const known = last.get(arm);
    if (!known || (seed === known.seed && generation > known.generation)) last.set(arm, { seed, generation });
  }
  const entries: ArmProvenance[] = [];
  for (const [arm, { seed, generation }] of last) {
    const path = join(dir, generationDirectory(seed, arm, generation), PROVENANCE_FILE);
    try {
      const { generations } = JSON.parse(await readFile(path, 'utf8')) as {
        generations: GenerationProvenance[];
      };
      const own = generations.find((one) => one.generation === generation);
      if (own) entries.push(armProvenance(arm, own));
    } catch {
      // A run of an older version, or one whose checkpoints were removed.
    }
  }
  return entries;
}

function armProvenance(arm: string, { generation, model, samples }: GenerationProvenance): ArmProvenance {
  if (!samples) return { arm, generation, model };
  const { drawnFrom, count, corrector } = samples;
  const sum = (column: number | number[] | undefined): number | undefined =>
    typeof column === 'number' ? column * count : column?.reduce((total, value) => total + value, 0);
  return {
    arm,
    generation,
    model,
    drawnFrom,
    count,
    corrector,
    corrected: sum(samples.corrected),
    kept: sum(samples.kept),
  };
}

/**
 * What a run left in its directory, ready to be rendered; `motions` is empty and is the task's to fill in. A run that is
 * still going, or was stopped, can be read too.
 * @param dir the run's output directory (layout: `src/loop/layout.ts`)
 * @throws Error when config.json or metrics.jsonl is missing or a line is not what the layout says
 */
export async function readRun(dir: string): Promise<ReportData> {
  const remarks: string[] = [];
  // One after the other: of several that are missing the first is named, not the one whose read ends first.
  const configText = await readText(join(dir, CONFIG_FILE), false);
  const metricsText = await readText(join(dir, METRICS_FILE), false);
  const costsText = await readText(join(dir, COSTS_FILE), true);
  let config: unknown;
  try {
    config = JSON.parse(configText);
  } catch (cause) {
    throw new Error(`Expected JSON for ${CONFIG_FILE} but received ${configText.slice(0, 60)}`, { cause });
  }
  if (!isObject(config))
    throw new Error(`Expected a JSON object for ${CONFIG_FILE} but received ${configText.slice(0, 60)}`);

  const rows = parseLines(metricsText, METRICS_FILE, remarks);
  for (const row of rows) {
    const fits = SHAPES[String(row.kind)];
    if (fits && !fits(row)) {
      throw new Error(
        `Expected a ${row.kind} row for ${METRICS_FILE} but received ${JSON.stringify(row).slice(0, 120)}`,
      );
    }
  }
  const task = isObject(config.task) && typeof config.task.name === 'string' ? config.task.name : undefined;
  const costs = parseLines(costsText, COSTS_FILE, remarks) as unknown as CostRow[];
  const provenance = await readProvenance(dir, rows);
  const missing = unfinished(config.config, rows);
  if (missing) remarks.push(missing);
  const known = rows.filter((row) => String(row.kind) in SHAPES) as unknown as Row[];
  // A generation that was not evaluated has no metrics.
  for (const row of known) if (row.kind === 'generation') row.metrics ??= {};
  const registration = await readRegistration(dir);
  return {
    title: task ? `Self-consuming loop: ${task}` : `Self-consuming loop: ${basename(resolve(dir))}`,
    config,
    rows: known,
    costs,
    motions: [],
    provenance,
    judgement: registration && judgeRun(registration, configText, known, costs),
    machine: await readMachine(dir),
    configuration: configurationHash(configText),
    remarks,
  };
}
