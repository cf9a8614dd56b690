/**
 * Our engine against MuJoCo and Rapier: steps per second of processor time on one thread, in interleaved rounds.
 *
 * The same in all: bodies (masses, inertias, joints), 28 contact points over a plane, friction 1, gains, armature, 240 Hz,
 * the targets of every step, the start. Stable PD everywhere: tau = kp (e - h v) + kd (v_ref - v) at the end of the step;
 * MuJoCo gets its implicit part as joint damping kd and armature + h^2 kp, Rapier as its implicit motors.
 * Not the same: contact (MuJoCo and Rapier at their defaults, ours spring-dampers; spheres of 5 mm for points in both
 * peers), end stops (ours has them, and they are looked up every step; MuJoCo's ball joints know no swing and twist),
 * precision (MuJoCo 64 bits, ours and Rapier 32), and who reads the targets: ours evaluates the 20 fps spline in every
 * step, the peers read a table.
 */
import { type Gate, interleave, median, pairedRatio, writeCsv } from '../results.js';
import { nativeMujoco, peakMeter } from './native.js';
import { engineOf, isa, isas, ourController, ourEngine } from './ours.js';
import { rapier } from './rapier.js';
import { type Engine, HEIGHT, type Round } from './scene.js';
import { wasmMujoco } from './wasm.js';

const ROUNDS = 9;
/** Iterations with which Rapier keeps the body on its feet; 20 do not. */
const STANDING = 30;
/** Of native MuJoCo's speed, by instruction set: the gate and the goal. */
const BARS: Record<string, [gate: number, goal: number]> = {
  avx512: [200, 350],
  avx2: [150, 250],
  sse4: [60, 100],
  scalar: [25, 40],
};

const short = (rate: number): string =>
  rate >= 1e6 ? `${(rate / 1e6).toFixed(2)} M` : `${(rate / 1e3).toFixed(1)} k`;

/** Median, lowest, highest. */
function spread(rounds: Round[]): [number, number, number] {
  const rates = rounds.map(({ rate }) => rate);
  return [median(rates), Math.min(...rates), Math.max(...rates)];
}

export async function versusBench(): Promise<Gate[]> {
  const native = nativeMujoco();
  if (typeof native === 'string') console.log(native);
  const peers = [
    ...(typeof native === 'string' ? [] : [native]),
    await wasmMujoco(),
    await rapier(),
    await rapier(STANDING),
  ];
  const others = isas.filter((name) => name !== isa && name in BARS);
  const engines: Engine[] = [ourEngine, ourController, ...peers, ...others.map(engineOf)];
  const peak = peakMeter();
  for (const engine of engines) engine.run(0); // compilers of JavaScript and WebAssembly warm up
  const [peaks, ...results] = await interleave(ROUNDS, [
    () => ({ rate: peak(), height: 0, error: 0 }),
    ...engines.map((engine) => (round: number) => engine.run(round)),
  ]);

  console.log(`\nsteps at 240 Hz, one thread, lanes of ${isa}, medians of ${ROUNDS} interleaved rounds`);
  const rows = engines.map(({ name }, i) => {
    const [middle, low, high] = spread(results[i]);
    const height = Math.min(...results[i].map((round) => round.height));
    const stands = height > 0.8 * HEIGHT;
    const slower = pairedRatio(results[0], results[i], ({ rate }) => rate);
    const error = Math.max(...results[i].map((round) => round.error));
    console.log(
      `  ${name.padEnd(31)} ${short(middle).padStart(8)} steps/s [${short(low)} .. ` +
        `${short(high)}], engine ${slower.toFixed(1)}x, joints off by ${error.toFixed(4)} rad, ` +
        (stands ? 'stands' : `FALLS (pelvis at ${height.toFixed(2)} m)`),
    );
    return [name, middle, low, high, slower, height, error];
  });
  for (const [i, { name, flops }] of [ourEngine, ourController].entries()) {
    const share = flops * pairedRatio(results[i], peaks, ({ rate }) => rate);
    console.log(
      `  ${name}: ${flops} operations a step (counted), ${((flops * (rows[i][1] as number)) / 1e9).toFixed(0)} GFLOP/s, ` +
        `${(100 * share).toFixed(0)} % of the peak of fused multiply-adds (${(spread(peaks)[0] / 1e9).toFixed(0)} GFLOP/s)`,
    );
  }
  writeCsv(
    'versus',
    [
      'engine',
      'steps_per_s',
      'lowest',
      'highest',
      'engine_over_this',
      'pelvis_m',
      'error_rad',
      'flop_per_step',
    ],
    [
      ...rows.map((row, i) => [...row, i === 0 ? ourEngine.flops : i === 1 ? ourController.flops : '']),
      ['peak of fused multiply-adds', ...spread(peaks), '', '', '', ''],
    ],
  );
  if (typeof native === 'string') return [];
  const overNative = (of: Round[]): number => pairedRatio(of, results[2], ({ rate }) => rate);
  return [isa, ...others]
    .filter((name) => name in BARS)
    .map((name) => {
      const [bar, goal] = BARS[name];
      const at = name === isa ? 0 : 2 + peers.length + others.indexOf(name);
      return {
        name: `engine over native MuJoCo, ${name}`,
        value: overNative(results[at]),
        bar,
        goal,
        unit: 'x',
        more: true,
      };
    });
}
