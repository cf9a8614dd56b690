// Runs every compiled uvu test file in its own process (a native crash or a stuck worker stays in its file), two at a time,
// and prints the sum alone on a line: "N passed, N failed". Arguments filter files by a part of their path.
import { spawn } from 'node:child_process';
import { readdirSync } from 'node:fs';

const LIMIT_MS = 240_000;
const filters = process.argv.slice(2);
const files = readdirSync('dist/test', { recursive: true })
  .map((file) => `dist/test/${file}`)
  .filter(
    (file) =>
      file.endsWith('.test.js') && (filters.length === 0 || filters.some((part) => file.includes(part))),
  )
  .sort();

function run(file) {
  return new Promise((resolve) => {
    const started = performance.now();
    const child = spawn(process.execPath, [file], { stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    child.stdout.on('data', (chunk) => (output += chunk));
    child.stderr.on('data', (chunk) => (output += chunk));
    const timer = setTimeout(() => child.kill('SIGKILL'), LIMIT_MS);
    child.on('close', (code, signal) => {
      clearTimeout(timer);
      const count = (label) => Number(output.match(new RegExp(`${label}:\\s+(\\d+)`))?.[1] ?? 0);
      const total = count('Total');
      const passed = count('Passed');
      const skipped = count('Skipped');
      let failed = total - passed; // uvu's Total leaves the skipped ones out
      if (failed === 0 && (code !== 0 || total + skipped === 0)) failed = 1; // crashed, timed out, or ran no test at all
      const seconds = ((performance.now() - started) / 1000).toFixed(1);
      console.log(
        `${failed ? 'FAIL' : 'ok  '} ${file.slice(10, -8)}  ${passed}/${total}  ${seconds} s${signal ? ` (${signal})` : ''}`,
      );
      if (failed) console.log(output);
      else for (const note of output.match(/^note: .*$/gm) ?? []) console.log(`     ${note}`);
      resolve({ passed, failed, skipped });
    });
  });
}

const sum = { passed: 0, failed: 0, skipped: 0 };
const queue = [...files];
await Promise.all(
  Array.from({ length: 2 }, async () => {
    for (let file = queue.shift(); file; file = queue.shift()) {
      const result = await run(file);
      for (const key of Object.keys(sum)) sum[key] += result[key];
    }
  }),
);
console.log(`${sum.passed} passed, ${sum.failed} failed${sum.skipped ? `, ${sum.skipped} skipped` : ''}`);
process.exit(sum.failed > 0 || sum.passed === 0 ? 1 : 0);
