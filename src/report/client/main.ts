import { startCharts } from './charts.js';
import { startViewer } from './viewer.js';

startCharts();
void startViewer();
