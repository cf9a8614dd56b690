// No address, leak or undefined behaviour that a sanitizer sees.
import { runNativeTests } from '../support/native-test.js';

runNativeTests('asan', { small: true });
