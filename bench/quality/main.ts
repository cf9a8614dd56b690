/** `npm run quality`: what the corrector does to real, damaged and generated motion, against the numbers it has to reach. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { type Alone, measureAlone } from './alone.js';
import { haveData, readClips } from './clips.js';
import { evaluate } from './evaluate.js';
import { printQuality } from './print.js';
import { printAlone } from './print-alone.js';

const RESULTS = 'bench/results/quality.json';
const HELP = `npm run quality [-- FLAGS]

Corrects every real clip as it is and under six corruptions, the clips with a known defect and the generated samples, with
both presets, and prints what it did to them and every bar with its value; then, how many real clips the body tracks
without any outside help, with and without sampling. Writes ${RESULTS}.

  --data DIR   folder with mocap/ and generated/ (default ../shared/data)
  --brief      leave out the part without outside help, which takes a minute, and write nothing
  --json       print the JSON instead of the tables
  --help       this text

Exit status: 0 all bars reached, 1 a bar missed, 2 bad flags or no data.`;

function flags() {
  try {
    return parseArgs({
      options: {
        data: { type: 'string', default: '../shared/data' },
        brief: { type: 'boolean', default: false },
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

const { data, brief, json, help } = flags();
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
const quality = await evaluate(data);
const alone: Alone | undefined = brief ? undefined : await measureAlone(readClips(data));
const text = `${JSON.stringify({ ...quality, ...(alone ? { alone } : {}) }, rounded, 2)}\n`;
if (!brief) {
  mkdirSync(dirname(RESULTS), { recursive: true });
  writeFileSync(RESULTS, text);
}
console.log(json ? text : [...(alone ? [printAlone(alone)] : []), printQuality(quality)].join('\n\n'));
process.exitCode = quality.bars.every(({ pass }) => pass) ? 0 : 1;
