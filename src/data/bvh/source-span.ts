import { Joint } from '../../motion/joint.js';
import { between } from '../../motion/quaternion.js';
import type { SkeletonMap } from './skeleton-map.js';

export type Vector = [number, number, number];

/** Hip, knee, ankle and foot. */
export const LEGS = [
  [Joint.leftHip, Joint.leftKnee, Joint.leftAnkle, Joint.leftFoot],
  [Joint.rightHip, Joint.rightKnee, Joint.rightAnkle, Joint.rightFoot],
] as const;
/** Shoulder, elbow and wrist. */
export const ARMS = [
  [Joint.leftShoulder, Joint.leftElbow, Joint.leftWrist],
  [Joint.rightShoulder, Joint.rightElbow, Joint.rightWrist],
] as const;

export const length = (v: readonly number[]): number => Math.hypot(v[0], v[1], v[2]);
export const identity = (): Float64Array => Float64Array.of(1, 0, 0, 0);
export const inverse = (q: Float64Array): Float64Array => Float64Array.of(q[0], -q[1], -q[2], -q[3]);
export const identities = (count: number): Float64Array =>
  Float64Array.from({ length: 4 * count }, (_, i) => (i % 4 === 0 ? 1 : 0));

/**
 * From one of our joints to another among posed positions of the source.
 * @param row first joint of the frame.
 */
export function span(map: SkeletonMap, positions: Float64Array, from: number, to: number, row = 0): Vector {
  const a = 3 * (row + map.drivers[from][0]);
  const b = 3 * (row + map.drivers[to][0]);
  return [
    positions[b] - positions[a],
    positions[b + 1] - positions[a + 1],
    positions[b + 2] - positions[a + 2],
  ];
}

/** The turn to y up when `direction`, which should point up, has at least this share along y or z; undefined otherwise. */
export function turnUp(direction: readonly number[], share: number): Float64Array | undefined {
  const up = identity();
  if (direction[1] >= share * length(direction)) return up;
  if (direction[2] < share * length(direction)) return undefined;
  between(up, 0, 0, 0, 1, 0, 1, 0);
  return up;
}
