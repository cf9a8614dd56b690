/** `npm run bench`: every suite in turn; arguments pick some by name. */
const SUITES: Record<string, () => Promise<unknown>> = {
  correct: async () => (await import('./correct.js')).correctorBench(),
  train: () => import('./train.js'),
};

const wanted = process.argv.slice(2);
for (const name of wanted)
  if (!Object.hasOwn(SUITES, name)) {
    console.error(`Expected one of ${Object.keys(SUITES).join(', ')} for a suite but received ${name}`);
    process.exit(2);
  }
for (const [name, suite] of Object.entries(SUITES))
  if (wanted.length === 0 || wanted.includes(name)) await suite();
