/** `npm run quality`: what the corrector does to real, damaged and generated motion, against the numbers it has to reach. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { haveData } from './clips.js';
import { evaluate } from './evaluate.js';
import { printQuality } from './print.js';

const RESULTS = 'bench/results/quality.json';
const HELP = `npm run quality [-- FLAGS]

Corrects every real clip as it is and under six corruptions, the clips with a known defect and the generated samples, with
both presets, and prints what it did to them and every bar with its value. Writes ${RESULTS}.

  --data DIR   folder with mocap/ and generated/ (default ../shared/data)
  --json       print the JSON instead of the tables
  --help       this text

Exit status: 0 all bars reached, 1 a bar missed, 2 bad flags or no data.`;

function flags() {
  try {
    return parseArgs({
      options: {
        data: { type: 'string', default: '../shared/data' },
        json: { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
      },
    }).values;
  } catch (error) {
    console.error(`${(error as Error).message}\n\n${HELP}`);
    process.exit(2);
  }
}

/** Six significant digits: what is left of a last bit's difference between machines does not show. */
const rounded = (_: string, value: unknown) =>
  typeof value === 'number' ? Number(value.toPrecision(6)) : value;

const { data, json, help } = flags();
if (help) {
  console.log(HELP);
  process.exit(0);
}
if (!haveData(data)) {
  console.error(
    `no motion to measure: ${resolve(data)} has no mocap/manifest.csv and generated/manifest.csv (--data DIR)`,
  );
  process.exit(2);
}
const result = await evaluate(data);
const text = `${JSON.stringify(result, rounded, 2)}\n`;
mkdirSync(dirname(RESULTS), { recursive: true });
writeFileSync(RESULTS, text);
console.log(json ? text : printQuality(result));
process.exitCode = result.bars.every(({ pass }) => pass) ? 0 : 1;
