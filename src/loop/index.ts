/** The self-consuming loop: generations of any task, checkpointed and resumable. Knows no motion, physics or ONNX. */
export { ARMS, type Arm, type ArmKind, type ArmName, parseArm } from './arms.js';
export { assign } from './assignment.js';
export {
  type ArmSettings,
  armSettings,
  configFromJson,
  configJson,
  DEFAULT_CONFIG,
  type LoopConfig,
  resolveConfig,
} from './config.js';
export { type RunOptions, runLoop } from './engine.js';
export { LoopError } from './errors.js';
export type { LoopEvent, Stage } from './events.js';
export { type Fs, nodeFs } from './fs.js';
export {
  type ClaimVerdict,
  generationCost,
  type JudgeOptions,
  judge,
  type PartVerdict,
  type SeedSlope,
  type Verdict,
} from './judge.js';
export { configurationHash, type Judgement, judgeRun } from './judgement.js';
export * from './layout.js';
export { type Machine, noteMachine, readMachine, type Session } from './machine.js';
export { type PairedTests, pairedTests } from './paired-tests.js';
export {
  armsOf,
  type Claim,
  type Comparison,
  type Preregistration,
  parsePreregistration,
  REAL,
  statement,
} from './preregistration.js';
export type { GenerationProvenance, SampleProvenance } from './provenance.js';
export {
  goldenWeight,
  type Part,
  REGIMES,
  type RealWeight,
  type Regime,
  syntheticItems,
  trainingParts,
} from './regime.js';
export {
  changesOf,
  type Registered,
  type Registration,
  readRegistration,
  register,
} from './registration.js';
export { type SimulateOptions, simulate } from './simulate.js';
export { meanAndSpread, meanInterval, slopeInterval, studentInterval } from './statistics.js';
export type {
  Abilities,
  Corrector,
  Exhibit,
  Generator,
  Json,
  Progress,
  SampleNote,
  Selector,
  StageContext,
  StageOptions,
  Task,
  TheoryCurve,
  TrainOptions,
  Trial,
} from './task.js';
export type { TaskRecipe } from './thread-runner.js';
