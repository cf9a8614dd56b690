export { renderMarkdown, withSection } from './markdown.js';
export { readRun } from './read-run.js';
export { readPrompts, readSamples } from './read-samples.js';
export { renderReport } from './report.js';
export { runFigure } from './run-figure.js';
export type { BeforeAfter, PromptMotions, ReportData, ViewerMotion, ViewerTable } from './types.js';
export { renderViewer } from './viewer.js';
