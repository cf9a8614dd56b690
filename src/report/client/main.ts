import { startCharts } from './charts.js';
import { startCompare } from './compare.js';
import { startViewer } from './viewer.js';

startCharts();
void startViewer();
startCompare();
