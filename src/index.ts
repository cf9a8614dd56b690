export { FRAME_SIZE, frameCount, type Motion } from './motion/motion.js';
export { JOINT_COUNT, JOINT_NAMES, MIRROR, PARENTS } from './motion/skeleton.js';
