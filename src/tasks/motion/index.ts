/** The self-consuming loop on human motion. */
export { type Protocol, parseProtocol, protocolNames, readProtocol } from './protocols.js';
export { DEFAULT_MOTION_SETTINGS, type MotionSettings } from './settings.js';
export { type MotionTaskOptions, motionTask } from './task.js';
