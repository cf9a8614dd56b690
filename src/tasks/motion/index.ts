/** The self-consuming loop on human motion. */
export { DEFAULT_MOTION_SETTINGS, type MotionSettings, QUICK_CONFIG } from './settings.js';
export { type MotionTaskOptions, motionTask } from './task.js';
