/** The self-consuming loop: generations of any task, checkpointed and resumable. Knows no motion, physics or ONNX. */
export { ARMS, type Arm, type ArmName } from './arms.js';
export { assign } from './assignment.js';
export { configFromJson, configJson, DEFAULT_CONFIG, type LoopConfig, resolveConfig } from './config.js';
export { type RunOptions, runLoop } from './engine.js';
export { LoopError } from './errors.js';
export type { LoopEvent, Stage } from './events.js';
export { type Fs, nodeFs } from './fs.js';
export * from './layout.js';
export { REGIMES, type Regime, syntheticItems, trainingSets } from './regime.js';
export { meanAndSpread, meanInterval, slopeInterval, studentInterval } from './statistics.js';
export type {
  Corrector,
  Exhibit,
  Generator,
  Json,
  Progress,
  Selector,
  StageContext,
  StageOptions,
  Task,
  Trial,
} from './task.js';
