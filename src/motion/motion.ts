import { JOINT_COUNT } from './skeleton.js';

/** Numbers of one frame of joint positions: 22 joints x (x, y, z). */
export const FRAME_SIZE = JOINT_COUNT * 3;

/**
 * One clip of human motion.
 * Right-handed, y up, metres; a figure that faces +z has its left side at +x; the floor is y = 0.
 */
export interface Motion {
  /** Joint positions, row-major `[frame, joint, xyz]`, length `frames * 66`. */
  joints: Float32Array;
  /** Frames per second; 20 where nothing else is said. */
  fps: number;
  /** What happens, in words. */
  caption?: string;
  /** All captions, where there are several; the first is `caption`. */
  captions?: readonly string[];
  /** Action label, e.g. `walk`. */
  action?: string;
  /** Where it came from, e.g. a file name without its ending. */
  name?: string;
}

/** Number of frames of a clip. */
export const frameCount = (motion: { joints: Float32Array }): number => motion.joints.length / FRAME_SIZE;
