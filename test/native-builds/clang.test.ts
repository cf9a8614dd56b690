// Another compiler gives the same bytes.
import { runNativeTests } from '../support/native-test.js';

runNativeTests('clang', { only: ['golden', 'threads', 'sizes', 'order', 'cuda-bytes'] });
