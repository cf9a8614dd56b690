import { JOINT_COUNT } from '../../motion/skeleton.js';
import { jointDistance } from './distance.js';
import { Figure } from './figure.js';
import { Help } from './help.js';
import { jointsOf, type Reference } from './reference.js';
import { type BodyMotion, Target } from './target.js';

/** Mean distances of the joints beyond which a motion counts as lost, m: those of native/control/tile.h. */
const MOST = { relative: 0.2, world: 0.5 };

/**
 * Sweeps of the solver over joints and contacts in each of Rapier's 4 substeps. Of 32 built-in motions of 16 actions at 240 steps a
 * second, 1 sweep tracks 26 on the first rung, 57 mm from the input relative to the pelvis; 4 sweeps 30, 22 mm; 8 sweeps 32, 16 mm;
 * 16 sweeps 32, 13 mm, in 1.4 times the time of 4. As many as 30 substeps of one sweep take 1.4 times as long as this and track no better, and 120
 * steps a second save only a third.
 */
const SWEEPS = 16;
/**
 * Thickness of the soles' skin, m: Rapier's contacts are as soft as the body that touches is light, and 70 kg press feet of 1 kg 3 to 5 mm
 * into the ground, whatever its frequency of contacts is set to.
 */
const SKIN = 0.003;

/** Caps of the outside help at the pelvis: body weights, N m. */
export interface Caps {
  force: number;
  torque: number;
}

export interface Tracked {
  ok: boolean;
  motion: BodyMotion;
  /** Outside help at the pelvis: body weights, N m; `support`: its share of the weight, mean. */
  residualForce: { mean: number; max: number };
  residualTorque: { mean: number; max: number };
  support: number;
}

/**
 * Simulates the humanoid along a reference: its joints are driven to the reference's, its pelvis is helped along its path
 * by a capped force and torque. Ends early where it is lost.
 */
export function track(reference: Reference, caps: Caps, rate: number): Tracked {
  const { humanoid, fps, skeleton, root, rotation } = reference;
  const frames = root.length / 3;
  // As the addon has them: a whole number a frame.
  const steps = Math.max(1, Math.round(rate / fps));
  const target = new Target(reference, fps);
  const figure = new Figure(humanoid, { rate: fps * steps, sweeps: SWEEPS, skin: SKIN });
  const motion: BodyMotion = { root: root.slice(), rotation: rotation.slice() };
  const help = new Help(figure, humanoid.weight, caps);
  const [pelvis] = figure.bodies;
  const now = new Float64Array(4 * JOINT_COUNT);
  const place = new Float64Array(3);
  const sum = { force: 0, torque: 0, support: 0, forceMax: 0, torqueMax: 0 };

  const sumUp = () => {
    const given = Math.hypot(...help.force) / humanoid.weight;
    const moment = Math.hypot(...help.torque);
    sum.force += given;
    sum.forceMax = Math.max(sum.forceMax, given);
    sum.torque += moment;
    sum.torqueMax = Math.max(sum.torqueMax, moment);
    sum.support += help.force[1] / humanoid.weight;
    done++;
  };

  let ok = true;
  let done = 0;
  try {
    target.evaluate(0, 0);
    figure.place(target.position, target.velocity, target.rotation, target.spin);
    for (let f = 1; f < frames && ok; f++) {
      for (let s = 1; s <= steps; s++) {
        target.evaluate(f - 1, s / steps);
        help.towards(target);
        figure.drive(target.joint, target.rate);
        figure.world.step();
        help.read(target);
        sumUp();
      }
      figure.readRotations(now);
      const at = pelvis.translation();
      place.set([at.x, at.y, at.z]);
      const { relative, world } = jointDistance(
        jointsOf(place, now, skeleton),
        jointsOf(target.position, target.rotation, skeleton),
      );
      // Written so that not-a-number is lost, too.
      ok = relative <= MOST.relative && world <= MOST.world;
      if (ok) {
        motion.root.set(place, 3 * f);
        motion.rotation.set(now, 4 * JOINT_COUNT * f);
      }
    }
  } finally {
    figure.free();
  }
  const n = Math.max(1, done);
  return {
    ok,
    motion,
    residualForce: { mean: sum.force / n, max: sum.forceMax },
    residualTorque: { mean: sum.torque / n, max: sum.torqueMax },
    support: sum.support / n,
  };
}
