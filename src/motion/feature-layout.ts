import { PARENTS } from './skeleton.js';

/**
 * The 263 numbers a frame of HumanML3D (Guo et al., "Generating diverse and natural 3D human motions from text", CVPR 2022).
 * Row t of T-1 rows describes frame t and the step from t to t+1; "turned" means turned so that frame t faces +z:
 *   0        half of the yaw step [rad]
 *   1, 2     root step in x and z [m per frame], turned by the heading of t+1
 *   3        root height [m]
 *   4..66    joints 1..21 without the root's x and z [m], turned
 *   67..192  first two columns of the local rotations of joints 1..21; arm chains start at the root's heading
 *   193..258 steps of joints 0..21 [m per frame], turned
 *   259..262 1 where left ankle, left foot, right ankle, right foot step less than sqrt(0.002) m
 */
export const FEATURE_SIZE = 263;

export const POSITIONS = 4;
export const ROTATIONS = 67;
export const STEPS = 193;
export const CONTACTS = 259;
export const CONTACT_JOINTS = [7, 10, 8, 11];
/** Features that say how high the body and its feet are: the heights of the pelvis, the ankles and the feet. */
export const GROUND_HEIGHTS = [3, ...CONTACT_JOINTS.map((joint) => POSITIONS + 3 * (joint - 1) + 1)];
export const CONTACT_STEP_SQUARED = 0.002;

/** Axis (x, y, z) along which each bone of the rotation chains lies when nothing is turned. */
// biome-ignore format: one joint a column, as in the published skeleton
export const AXES = [
  [0,0,0], [1,0,0], [-1,0,0], [0,1,0], [0,-1,0], [0,-1,0], [0,1,0], [0,-1,0], [0,-1,0], [0,1,0], [0,0,1],
  [0,0,1], [0,1,0], [1,0,0], [-1,0,0], [0,0,1], [0,-1,0], [0,-1,0], [0,-1,0], [0,-1,0], [0,-1,0], [0,-1,0],
];
/** Joint whose rotation a joint's own is local to; the collars hang at the root, not at the chest. */
export const CHAIN_PARENTS = PARENTS.map((parent, joint) => (joint === 13 || joint === 14 ? 0 : parent));
